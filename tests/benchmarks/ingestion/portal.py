"""A HubSpot portal of any size, written straight into a sandbox store.

The company's generator tells a story and takes minutes for ten thousand deals; here only the mass
counts: deals with many properties of mixed types, and activities of five kinds.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.company.hubspot_properties import PROPERTIES
from sandbox.hubspot.texts import iso
from sandbox.store import HubspotDocument, HubspotObject, Store

NOW = 1_793_620_800_000  # 2026-11-02T12:00:00Z
DAY = 86_400_000
ACTIVITIES = ("calls", "emails", "meetings", "tasks", "notes")
# Of a hundred activities so many are of each kind.
_SHARES = {"calls": 25, "emails": 40, "meetings": 10, "tasks": 15, "notes": 10}
_OPEN = 0.1
_EMPTY = 0.25  # of the values that a record need not have
_TEMPLATES = 2_048  # values are drawn once and shared: a page must not repeat itself
_STAGES = ("appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "contractsent")
WORDS = [
    "annual",
    "renewal",
    "platform",
    "licence",
    "pilot",
    "extension",
    "regional",
    "rollout",
    "upgrade",
    "training",
    "support",
    "northern",
    "plant",
    "second",
    "phase",
    "framework",
    "agreement",
    "spare",
    "parts",
    "service",
    "analytics",
    "premium",
]
_OWN_TYPES = ("string/text", "number/number", "enumeration/select", "datetime/date", "date/date")
_ALWAYS = frozenset({"dealname", "amount", "dealstage", "pipeline", "closedate", "hs_timestamp"})

Properties = dict[str, str]


def sizes(deals: int, activities: int) -> dict[str, int]:
    """Records by object; the kinds of activities add up to `activities`."""
    counts = {kind: activities * share // 100 for kind, share in _SHARES.items()}
    counts["notes"] += activities - sum(counts.values())
    return {"deals": deals, **counts}


def fill(path: Path, *, deals: int, activities: int, properties: int) -> None:
    """Write the portal; the file must not exist."""
    with Store(path) as store:
        store.set_meta("now_ms", str(NOW))
        store.put(_setup(properties))
        for kind, count in sizes(deals, activities).items():
            store.put(_records(kind, count, properties))
            store.commit()


def change(path: Path, *, share: float, at: int = NOW + DAY) -> int:
    """Let a share of all records change a day later; returns how many. `restore` undoes it."""
    with sqlite3.connect(path) as connection:
        connection.execute("create table if not exists before as select * from hs_object limit 0")
        step = max(1, round(1 / share))
        for (kind,) in connection.execute("select distinct type from hs_object").fetchall():
            connection.execute(
                "insert into before select * from ("
                " select * from hs_object where type = ? order by id) where id % ? = 0",
                (kind, step),
            )
        connection.execute(
            "update hs_object set updated_at = ? + id % 3600000,"
            " properties = json_set(properties, '$.hubspot_owner_id', '31')"
            " where (type, id) in (select type, id from before)",
            (at,),
        )
        connection.execute("update meta set value = ? where key = 'now_ms'", (str(at + DAY),))
        (count,) = connection.execute("select count(*) from before").fetchone()
    return int(count)


def restore(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        found = connection.execute("select 1 from sqlite_master where name = 'before'").fetchone()
        if found:
            connection.execute("insert or replace into hs_object select * from before")
            connection.execute("drop table before")
        connection.execute("update meta set value = ? where key = 'now_ms'", (str(NOW),))


def _lines(kind: str, properties: int) -> list[str]:
    """The object's property lines; deals get more of the portal's own until there are enough."""
    lines = list(PROPERTIES[kind])
    if kind != "deals":
        return lines
    kept = [line for line in lines if line.split(" ", 1)[0] in _ALWAYS or "|r" in line]
    lines = (kept + [line for line in lines if line not in kept])[:properties]
    for number in range(properties - len(lines)):
        type_ = _OWN_TYPES[number % len(_OWN_TYPES)]
        lines.append(f"plant_measure_{number:03d} {type_} Plant measure {number}|x")
    return lines


def _setup(properties: int) -> Iterator[HubspotDocument]:
    account = {
        "portalId": 4242,
        "accountType": "STANDARD",
        "timeZone": "America/Sao_Paulo",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "-03:00",
        "utcOffsetMilliseconds": -10_800_000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
    yield HubspotDocument("account", "1", 0, 0, json.dumps(account))
    for kind in ("deals", *ACTIVITIES):
        for position, line in enumerate(_lines(kind, properties)):
            name, type_, field_type, label = _parts(line)
            document = {
                "name": name,
                "label": label,
                "type": type_,
                "fieldType": field_type,
                "groupName": "information",
                "description": "",
                "options": [],
                "calculated": "|c" in line,
                "hidden": False,
                "hubspotDefined": "|x" not in line,
                "archived": False,
            }
            yield HubspotDocument(f"property:{kind}", name, position, 0, json.dumps(document))


def _parts(line: str) -> tuple[str, str, str, str]:
    name, types, label = line.partition("|")[0].split(" ", 2)
    type_, _, field_type = types.partition("/")
    return name, type_, field_type, label


def _records(kind: str, count: int, properties: int) -> Iterator[HubspotObject]:
    rng = random.Random(f"{kind} {properties}")
    names = [_parts(line)[:2] for line in _lines(kind, properties)]
    templates = [_template(kind, names, rng) for _ in range(min(_TEMPLATES, count))]
    for number in range(count):
        created = NOW - rng.randrange(30, 1000) * DAY + rng.randrange(DAY)
        updated = min(created + rng.randrange(300 * DAY), NOW - DAY)
        values = dict(templates[rng.randrange(len(templates))])
        if kind == "deals":
            values["dealname"] = f"{values['dealname']} {number}"
            values["amount"] = f"{rng.randrange(100, 10_000_000) / 100:.2f}"
        record_id = 10_000_000_000 + number * 37
        yield HubspotObject(
            kind, record_id, created, updated, 0, None, None, 0, 0, json.dumps(values)
        )


def _template(kind: str, names: list[tuple[str, str]], rng: random.Random) -> Properties:
    values: Properties = {}
    for name, type_ in names:
        if name in _ALWAYS or rng.random() > _EMPTY:
            value = _value(name, type_, rng)
            if value is not None:
                values[name] = value
    if kind == "deals":
        values |= _outcome(rng, {name for name, _ in names})
    return values


def _outcome(rng: random.Random, names: set[str]) -> Properties:
    is_open, is_won = rng.random() < _OPEN, rng.random() < 0.4
    told: dict[str, Any] = {
        "dealstage": rng.choice(_STAGES) if is_open else "closedwon" if is_won else "closedlost",
        "pipeline": "default",
        "hs_is_closed": str(not is_open).lower(),
        "hs_is_closed_won": str(not is_open and is_won).lower(),
        "hs_is_closed_lost": str(not is_open and not is_won).lower(),
    }
    return {name: value for name, value in told.items() if name in names}


def _value(name: str, type_: str, rng: random.Random) -> str | None:
    # The sandbox writes ids and stamps itself; nothing was merged.
    if name in ("hs_object_id", "createdate", "hs_createdate", "hs_lastmodifieddate"):
        return None
    if name == "hs_merged_object_ids":
        return None
    if name == "hubspot_owner_id":
        return str(rng.randrange(40, 90))
    if name == "hs_open_deal_create_date":
        return str(NOW - rng.randrange(900 * DAY))
    if type_ == "bool":
        return rng.choice(("true", "false"))
    if type_ == "number":
        return str(rng.randrange(10_000)) if rng.random() < 0.5 else f"{rng.random() * 1000:.4f}"
    if type_ == "datetime":
        return iso(NOW - rng.randrange(900 * DAY))
    if type_ == "date":
        return iso(NOW - rng.randrange(900) * DAY)[:10]
    if type_ == "enumeration":
        return rng.choice(WORDS).upper()
    words = 30 if name.endswith(("_body", "_text", "_html", "_notes")) else 4
    return " ".join(rng.choices(WORDS, k=words)).capitalize()
