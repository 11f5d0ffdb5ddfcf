"""A Salesforce org of some hundred records, and all that can happen to them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.connection import SALESFORCE_USERNAME
from sandbox.salesforce.instants import to_text
from sandbox.store import SalesforceRecord
from tests.chaos.world import BEGINNING, DAY, SECOND, Deed, World

OBJECTS = {
    "Account": "001",
    "Contact": "003",
    "Opportunity": "006",
    "OpportunityContactRole": "00K",
}
NUMBERS = {"Account": 40, "Contact": 70, "Opportunity": 70, "OpportunityContactRole": 40}
HISTORY = "OpportunityFieldHistory"
# Field: type, calculated (a formula: nobody can write it, and it moves no stamp).
FIELDS: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "User": {"Username": ("string", False), "Name": ("string", False)},
    "Account": {"Name": ("string", False), "Score__c": ("double", True)},
    "Contact": {"Name": ("string", False), "AccountId": ("reference", False)},
    "Opportunity": {
        "Name": ("string", False),
        "Amount": ("currency", False),
        "StageName": ("picklist", False),
        "Days_Open__c": ("double", True),
    },
    "OpportunityContactRole": {
        "OpportunityId": ("reference", False),
        "ContactId": ("reference", False),
        "Role": ("picklist", False),
    },
    HISTORY: {
        "OpportunityId": ("reference", False),
        "Field": ("picklist", False),
        "OldValue": ("string", False),
        "NewValue": ("string", False),
    },
    "OpportunityStage": {"MasterLabel": ("string", False), "SortOrder": ("int", False)},
}
MERGED = ("Account", "Contact")
WORDS = ("Ana", "Ünï", 'Say, "hm"', "two\nlines")
STAGES = ("Prospecting", "Proposal", "Closed Won", "Closed Lost")
ENTITIES = {
    "accounts": "Account",
    "contacts": "Contact",
    "opportunities": "Opportunity",
    "opportunity_contact_roles": "OpportunityContactRole",
    "opportunity_field_history": HISTORY,
    "opportunity_stages": "OpportunityStage",
}


class Org(World):
    source = "salesforce"
    entities = tuple(ENTITIES)

    def __init__(self, path: Path, seed: str) -> None:
        super().__init__(path)
        self._last = 0
        chance = random.Random(seed)
        for name, fields in FIELDS.items():
            self.store.put_describe(name, _describe(name, fields))
        self._put("User", BEGINNING - 900 * DAY, {"Username": SALESFORCE_USERNAME, "Name": "Ann"})
        for position, name in enumerate(STAGES):
            values = {"MasterLabel": name, "SortOrder": position}
            self._put("OpportunityStage", BEGINNING - 900 * DAY, values)
        for name, number in NUMBERS.items():
            for _ in range(number):
                self._create(name, chance, BEGINNING - chance.randint(1, 300) * DAY)
        self.pass_time(0)

    @property
    def deeds(self) -> Mapping[str, tuple[int, Deed]]:
        return {
            "create": (6, self._born),
            "update": (8, self._update),
            "stage": (5, self._stage),
            "touch_many": (1, self._touch_many),
            "delete": (4, self._delete),
            "undelete": (3, self._undelete),
            "purge": (3, self._purge),
            "erase": (3, self._erase),
            "merge": (3, self._merge),
            "formula": (3, self._formula),
            "late_save": (2, self._late_save),
            "stage_setup": (1, self._stage_setup),
        }

    @property
    def second(self) -> int:
        """Stamps have seconds."""
        return self.now // SECOND * SECOND

    def _put(self, name: str, at: int, values: Mapping[str, Any]) -> str:
        self._last += 1
        key = f"{OBJECTS.get(name, '0zz')}{self._last:012d}AAA"
        at = at // SECOND * SECOND
        fields = {"Id": key, "IsDeleted": False, "CreatedDate": to_text(at), **values}
        self.store.put([SalesforceRecord(name, key, at, at, 0, None, 0, json.dumps(fields))])
        return key

    def _values(self, name: str, chance: random.Random) -> dict[str, Any]:
        word = f"{chance.choice(WORDS)} {chance.randint(1, 9999)}"
        if name == "Opportunity":
            return {
                "Name": word,
                "Amount": chance.choice((None, chance.randint(1, 99_999))),
                "StageName": chance.choice(STAGES),
            }
        if name == "Contact":
            return {"Name": word, "AccountId": self._key(chance, "Account")}
        if name == "OpportunityContactRole":
            return {
                "OpportunityId": self._key(chance, "Opportunity"),
                "ContactId": self._key(chance, "Contact"),
                "Role": chance.choice(("Buyer", "Decision Maker")),
            }
        return {"Name": word}

    def _create(self, name: str, chance: random.Random, at: int) -> None:
        self._put(name, at, self._values(name, chance))

    def _pick(self, chance: random.Random, name: str, where: str = "is_deleted = 0") -> Any:
        rows = self.rows(
            "select id, stamp, fields from sf_record"
            f" where object = ? and purged = 0 and {where} order by id",
            name,
        )
        return chance.choice(rows) if rows else None

    def _key(self, chance: random.Random, name: str) -> str | None:
        row = self._pick(chance, name)
        return row[0] if row else None

    def _write(self, name: str, row: Any, at: int, values: Mapping[str, Any]) -> None:
        fields = json.loads(row[2]) | dict(values)
        self.store.connection.execute(
            "update sf_record set fields = ?, stamp = ? where object = ? and id = ?",
            (json.dumps(fields), at // SECOND * SECOND, name, row[0]),
        )

    def _mark(self, name: str, row: Any, *, deleted: bool, master: str | None = None) -> None:
        self._write(name, row, self.second, {"MasterRecordId": master} if name in MERGED else {})
        self.store.connection.execute(
            "update sf_record set is_deleted = ?, deleted_at = ? where object = ? and id = ?",
            (int(deleted), self.second if deleted else None, name, row[0]),
        )

    def _born(self, chance: random.Random) -> None:
        self._create(chance.choice(list(NUMBERS)), chance, self.now)

    def _update(self, chance: random.Random) -> None:
        name = chance.choice(list(NUMBERS))
        if row := self._pick(chance, name):
            self._write(name, row, self.now, self._values(name, chance))

    def _late_save(self, chance: random.Random) -> None:
        name = chance.choice(list(NUMBERS))
        if row := self._pick(chance, name):
            self._write(name, row, self.late(chance, row[1]), self._values(name, chance))

    def _stage(self, chance: random.Random) -> None:
        if row := self._pick(chance, "Opportunity"):
            old, new = json.loads(row[2])["StageName"], chance.choice(STAGES)
            self._write("Opportunity", row, self.now, {"StageName": new})
            values = {
                "OpportunityId": row[0],
                "Field": "StageName",
                "OldValue": old,
                "NewValue": new,
            }
            self._put(HISTORY, self.now, values)

    def _touch_many(self, chance: random.Random) -> None:
        name = chance.choice(("Contact", "Opportunity"))
        for _ in range(45):
            if row := self._pick(chance, name):
                self._write(name, row, self.now, self._values(name, chance))

    def _delete(self, chance: random.Random) -> None:
        name = chance.choice(list(NUMBERS))
        if row := self._pick(chance, name):
            self._mark(name, row, deleted=True)

    def _undelete(self, chance: random.Random) -> None:
        name = chance.choice(list(NUMBERS))
        # What was merged away does not come back.
        where = "is_deleted = 1 and json_extract(fields, '$.MasterRecordId') is null"
        if row := self._pick(chance, name, where):
            self._mark(name, row, deleted=False)

    def _merge(self, chance: random.Random) -> None:
        name = chance.choice(MERGED)
        winner, loser = self._pick(chance, name), self._pick(chance, name)
        if winner is None or loser is None or winner[0] == loser[0]:
            return
        self._write(name, winner, self.now, {})
        self._mark(name, loser, deleted=True, master=winner[0])

    def _purge(self, chance: random.Random) -> None:
        self._vanish(chance, "is_deleted = 1")

    def _erase(self, chance: random.Random) -> None:
        """A hard delete: no recycle bin, no trace."""
        self._vanish(chance, "is_deleted = 0")

    def _vanish(self, chance: random.Random, where: str) -> None:
        name = chance.choice(list(NUMBERS))
        if row := self._pick(chance, name, where):
            self.store.connection.execute(
                "update sf_record set purged = 1, is_deleted = 1, deleted_at = ?"
                " where object = ? and id = ?",
                (self.second, name, row[0]),
            )

    def _formula(self, chance: random.Random) -> None:
        name, field = chance.choice((("Account", "Score__c"), ("Opportunity", "Days_Open__c")))
        if row := self._pick(chance, name):
            self._write(name, row, row[1], {field: float(chance.randint(0, 99))})

    def _stage_setup(self, chance: random.Random) -> None:
        if row := self._pick(chance, "OpportunityStage"):
            self._write("OpportunityStage", row, self.now, {"SortOrder": chance.randint(1, 99)})


def _describe(name: str, fields: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    entries = [_field("Id", "id", is_written=False)]
    if name in NUMBERS or name == HISTORY:
        entries.append(_field("IsDeleted", "boolean", is_written=False))
    if name in MERGED:
        entries.append(_field("MasterRecordId", "reference", is_written=False))
    is_history = name == HISTORY
    for field, (kind, calculated) in fields.items():
        entry = _field(field, kind, is_written=not calculated and not is_history)
        entries.append(entry | {"calculated": calculated})
    entries.append(_field("CreatedDate", "datetime", is_written=False))
    if not is_history:
        entries.append(_field("SystemModstamp", "datetime", is_written=False))
    prefix = OBJECTS.get(name, "0zz")
    return {"name": name, "label": name, "keyPrefix": prefix, "queryable": True, "fields": entries}


def _field(name: str, kind: str, *, is_written: bool) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "label": name,
        "length": 255,
        "calculated": False,
        "updateable": is_written,
        "createable": is_written,
    }
