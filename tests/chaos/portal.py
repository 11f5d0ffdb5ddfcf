"""A HubSpot portal of some hundred records, and all that can happen to them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.store import HubspotDocument, HubspotHistory, HubspotObject
from tests.chaos.portal_words import (
    LABELS,
    LINKS,
    MODIFIED,
    NUMBERS,
    PROPERTIES,
    STAGES,
    TRACKED,
    both_ways,
    definition,
    values,
)
from tests.chaos.world import BEGINNING, DAY, Deed, World


class Portal(World):
    source = "hubspot"
    entities = (*NUMBERS, "owners", "pipelines")

    def __init__(self, path: Path, seed: str) -> None:
        super().__init__(path)
        chance = random.Random(seed)
        self._documents()
        for kind, number in NUMBERS.items():
            for _ in range(number):
                self._create(kind, chance, BEGINNING - chance.randint(1, 300) * DAY)
        for _ in range(150):
            self._link(chance)
        self.pass_time(0)

    @property
    def deeds(self) -> Mapping[str, tuple[int, Deed]]:
        return {
            "create": (6, self._born),
            "update": (8, self._update),
            "stage": (5, self._stage),
            "touch_many": (1, self._touch_many),
            "archive": (4, self._archive),
            "restore": (3, self._restore),
            "restore_in_silence": (1, self._restore_in_silence),
            "merge": (3, self._merge),
            "erase": (3, self._erase),
            "link": (4, self._link),
            "unlink": (3, self._unlink),
            "calculate": (3, self._calculate),
            "late_save": (2, self._late_save),
            "owner_leaves": (1, self._owner_leaves),
            "stage_renamed": (1, self._stage_renamed),
        }

    def _documents(self) -> None:
        account = {"portalId": 77, "timeZone": "UTC", "companyCurrency": "USD"}
        found = [("account", "1", account)]
        for number in range(6):
            owner = {"id": str(900 + number), "email": f"o{number}@sandbox.example", "teams": []}
            found.append(("owner", str(900 + number), owner | {"archived": False}))
        stages = [{"id": name, "label": name, "metadata": {}} for name in STAGES]
        found.append(
            ("pipeline:deals", "default", {"id": "default", "label": "A", "stages": stages})
        )
        for kind, properties in PROPERTIES.items():
            stamps = {"hs_object_id": ("number", False), self._modified(kind): ("datetime", False)}
            for name, (type_name, calculated) in {**properties, **stamps}.items():
                found.append((f"property:{kind}", name, definition(name, type_name, calculated)))
        for (source, target), (types, label) in LABELS.items():
            document = {"category": "USER_DEFINED", "typeId": types[0], "label": label}
            found.append((f"association_label:{source}:{target}", str(types[0]), document))
        self.store.put(
            HubspotDocument(kind, id, position, 0, json.dumps(document))
            for position, (kind, id, document) in enumerate(found)
        )

    @staticmethod
    def _modified(kind: str) -> str:
        return MODIFIED.get(kind, "hs_lastmodifieddate")

    def _create(self, kind: str, chance: random.Random, at: int) -> int:
        while True:  # ids do not grow with time
            id = chance.randint(1_000, 9_999_999)
            if not self.rows("select 1 from hs_object where type = ? and id = ?", kind, id):
                break
        properties = values(kind, chance)
        row = HubspotObject(kind, id, at, at, 0, None, None, 0, 0, json.dumps(properties))
        self.store.put([row])
        for name in TRACKED if kind == "deals" else ():
            self._remember(id, name, at, properties[name])
        return id

    def _remember(self, id: int, name: str, at: int, value: str | None) -> None:
        self.store.put([HubspotHistory("deals", id, name, at, 0, value, "CRM_UI", "userId:7", 7)])

    def _pick(self, chance: random.Random, kind: str, where: str = "archived = 0") -> Any:
        rows = self.rows(
            f"select id, updated_at, properties from hs_object where type = ? and {where} order by id",
            kind,
        )
        return chance.choice(rows) if rows else None

    def _write(self, kind: str, id: int, at: int, properties: Mapping[str, str | None]) -> None:
        self.store.connection.execute(
            "update hs_object set properties = ?, updated_at = ? where type = ? and id = ?",
            (json.dumps(properties), at, kind, id),
        )

    def _rewrite(self, kind: str, row: Any, chance: random.Random, at: int) -> None:
        """A save: new values, the history of those that are tracked, the stamp."""
        id, _, text = row
        before = json.loads(text)
        properties = before | values(kind, chance)
        for name in TRACKED if kind == "deals" else ():
            if properties[name] != before.get(name):
                self._remember(id, name, at, properties[name])
        self._write(kind, id, at, properties)

    def _born(self, chance: random.Random) -> None:
        kind = chance.choice(list(NUMBERS))
        self._create(kind, chance, self.now)
        self._link(chance)

    def _update(self, chance: random.Random) -> None:
        kind = chance.choice(list(NUMBERS))
        if row := self._pick(chance, kind):
            self._rewrite(kind, row, chance, self.now)

    def _late_save(self, chance: random.Random) -> None:
        kind = chance.choice(list(NUMBERS))
        if row := self._pick(chance, kind):
            self._rewrite(kind, row, chance, self.late(chance, row[1]))

    def _stage(self, chance: random.Random) -> None:
        if row := self._pick(chance, "deals"):
            id, _, text = row
            properties = json.loads(text) | {"dealstage": chance.choice(STAGES)}
            self._remember(id, "dealstage", self.now, properties["dealstage"])
            self._write("deals", id, self.now, properties)

    def _touch_many(self, chance: random.Random) -> None:
        """A workflow: many saves in one millisecond, more than a page of a search."""
        kind = chance.choice(("contacts", "deals"))
        rows = self.rows(
            "select id, updated_at, properties from hs_object where type = ? and archived = 0"
            " order by id", kind
        )  # fmt: skip
        for row in chance.sample(rows, min(len(rows), 45)):
            self._rewrite(kind, row, chance, self.now)

    def _archive(self, chance: random.Random) -> None:
        kind = chance.choice(list(NUMBERS))
        if row := self._pick(chance, kind):
            self.store.connection.execute(
                "update hs_object set archived = 1, archived_at = ? where type = ? and id = ?",
                (self.now, kind, row[0]),
            )

    def _restore(self, chance: random.Random) -> None:
        self._unbin(chance, moves_stamp=True)

    def _restore_in_silence(self, chance: random.Random) -> None:
        """Nothing is published on whether a restore moves the stamp: both are played."""
        self._unbin(chance, moves_stamp=False)

    def _unbin(self, chance: random.Random, *, moves_stamp: bool) -> None:
        kind = chance.choice(list(NUMBERS))
        in_bin = "archived = 1 and merged_into is null and erased = 0"
        if row := self._pick(chance, kind, in_bin):
            self.store.connection.execute(
                "update hs_object set archived = 0, archived_at = null, updated_at = ?"
                " where type = ? and id = ?",
                (self.now if moves_stamp else row[1], kind, row[0]),
            )

    def _merge(self, chance: random.Random) -> None:
        kind = chance.choice(("companies", "contacts", "deals"))
        winner, loser = self._pick(chance, kind), self._pick(chance, kind)
        if winner is None or loser is None or winner[0] == loser[0]:
            return
        properties = json.loads(winner[2])
        absorbed = [
            each for each in (properties.get("hs_merged_object_ids"), str(loser[0])) if each
        ]
        properties["hs_merged_object_ids"] = ";".join(absorbed)
        self._write(kind, winner[0], self.now, properties)
        connection = self.store.connection
        connection.execute(
            "update hs_object set archived = 1, archived_at = ?, merged_into = ?"
            " where type = ? and id = ?",
            (self.now, winner[0], kind, loser[0]),
        )
        for own in ("from", "to"):
            connection.execute(
                f"update or ignore hs_association set {own}_id = ?"
                f" where {own}_type = ? and {own}_id = ?",
                (winner[0], kind, loser[0]),
            )
        self._forget_links(kind, loser[0])

    def _erase(self, chance: random.Random) -> None:
        if row := self._pick(chance, "contacts"):
            self.store.connection.execute(
                "update hs_object set archived = 1, erased = 1, properties = '{}'"
                " where type = 'contacts' and id = ?",
                (row[0],),
            )
            self._forget_links("contacts", row[0])

    def _forget_links(self, kind: str, id: int) -> None:
        for own in ("from", "to"):
            self.store.connection.execute(
                f"delete from hs_association where {own}_type = ? and {own}_id = ?", (kind, id)
            )

    def _link(self, chance: random.Random) -> None:
        source, target = chance.choice(list(LINKS))
        one, other = self._pick(chance, source), self._pick(chance, target)
        if one is None or other is None:
            return
        plain, primary = LINKS[source, target]
        ends = (source, one[0]), (target, other[0])
        rows = both_ways(*ends, plain, None, "HUBSPOT_DEFINED")
        if primary is not None and chance.random() < 0.4:
            rows += both_ways(*ends, primary, "Primary", "HUBSPOT_DEFINED")
        if (source, target) in LABELS and chance.random() < 0.3:
            types, label = LABELS[source, target]
            rows += both_ways(*ends, types, label, "USER_DEFINED")
        self.store.put(rows)

    def _unlink(self, chance: random.Random) -> None:
        rows = self.rows(
            "select distinct from_type, from_id, to_type, to_id from hs_association order by 1, 2, 3, 4"
        )
        if not rows:
            return
        one = chance.choice(rows)
        for ends in (one, (*one[2:], *one[:2])):
            self.store.connection.execute(
                "delete from hs_association where from_type = ? and from_id = ?"
                " and to_type = ? and to_id = ?",
                ends,
            )

    def _calculate(self, chance: random.Random) -> None:
        kind, name = chance.choice(
            (("contacts", "num_associated_deals"), ("deals", "days_to_close"))
        )
        if row := self._pick(chance, kind):
            properties = json.loads(row[2]) | {name: str(chance.randint(0, 99))}
            self._write(kind, row[0], row[1], properties)

    def _owner_leaves(self, chance: random.Random) -> None:
        rows = self.rows("select id, document from hs_document where kind = 'owner' order by id")
        id, text = chance.choice(rows)
        gone = not json.loads(text)["archived"]
        self.store.connection.execute(
            "update hs_document set archived = ?, document = ? where kind = 'owner' and id = ?",
            (int(gone), json.dumps(json.loads(text) | {"archived": gone}), id),
        )

    def _stage_renamed(self, chance: random.Random) -> None:
        ((text,),) = self.rows("select document from hs_document where kind = 'pipeline:deals'")
        document = json.loads(text)
        chance.choice(document["stages"])["label"] = f"Stage {chance.randint(1, 99)}"
        self.store.connection.execute(
            "update hs_document set document = ? where kind = 'pipeline:deals'",
            (json.dumps(document),),
        )
