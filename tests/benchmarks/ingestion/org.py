"""A Salesforce org of any size, written straight into a sandbox store: opportunities and activities."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.company.salesforce_metadata import describes
from sandbox.salesforce.instants import to_text
from sandbox.store import SalesforceRecord, Store
from tests.benchmarks.ingestion.portal import DAY, NOW, WORDS

_PREFIXES = {"Opportunity": "006", "Task": "00T", "Event": "00U"}
_TEMPLATES = 2_048
_EMPTY = 0.25
_OWN_TYPES = ("string", "double", "picklist", "datetime", "date")
_LONG = 32  # words of a long text


def sizes(deals: int, activities: int) -> dict[str, int]:
    """Records by object."""
    tasks = activities * 4 // 5
    return {"Opportunity": deals, "Task": tasks, "Event": activities - tasks}


def fill(path: Path, *, deals: int, activities: int, properties: int) -> None:
    """Write the org; the file must not exist. `properties` are the fields of an opportunity."""
    with Store(path) as store:
        store.set_meta("now_ms", str(NOW))
        known = describes(datetime.fromtimestamp(NOW / 1000, UTC))
        for name, count in sizes(deals, activities).items():
            document = known[name]
            if name == "Opportunity":
                _widen(document, properties)
            store.put_describe(name, document)
            store.put(_records(name, document["fields"], count))
            store.commit()


def change(path: Path, *, share: float, at: int = NOW + DAY) -> int:
    """Let a share of all records change a day later; returns how many. `restore` undoes it."""
    step = max(1, round(1 / share))
    with sqlite3.connect(path) as connection:
        connection.execute("create table if not exists before as select * from sf_record limit 0")
        for name in _PREFIXES:
            connection.execute(
                "insert into before select * from ("
                " select * from sf_record where object = ? order by id)"
                " where cast(substr(id, 4, 12) as integer) % ? = 0",
                (name, step),
            )
        connection.execute(
            "update sf_record set stamp = ?, fields = json_set(fields, '$.SystemModstamp', ?,"
            " '$.LastModifiedDate', ?) where (object, id) in (select object, id from before)",
            (at, to_text(at), to_text(at)),
        )
        connection.execute("update meta set value = ? where key = 'now_ms'", (str(at + DAY),))
        (count,) = connection.execute("select count(*) from before").fetchone()
    return int(count)


def restore(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        found = connection.execute("select 1 from sqlite_master where name = 'before'").fetchone()
        if found:
            connection.execute("insert or replace into sf_record select * from before")
            connection.execute("drop table before")
        connection.execute("update meta set value = ? where key = 'now_ms'", (str(NOW),))


def _widen(document: dict[str, Any], properties: int) -> None:
    """Fields of the org's own until there are enough."""
    pattern = next(field for field in document["fields"] if field["name"] == "Coupon_Code__c")
    for number in range(properties - len(document["fields"])):
        more = {"name": f"Plant_Measure_{number:03d}__c", "label": f"Plant measure {number}"}
        type_ = _OWN_TYPES[number % len(_OWN_TYPES)]
        document["fields"].append({**pattern, **more, "type": type_})


def _records(name: str, fields: list[dict[str, Any]], count: int) -> Iterator[SalesforceRecord]:
    rng = random.Random(name)
    templates = [_template(fields, rng) for _ in range(min(_TEMPLATES, count))]
    for number in range(count):
        created = NOW - rng.randrange(30, 1000) * DAY
        # Stamps have seconds.
        stamp = min(created + rng.randrange(300 * 86_400) * 1000, NOW - DAY)
        key = f"{_PREFIXES[name]}{number:012d}AAA"
        values = templates[rng.randrange(len(templates))] | {
            "Id": key,
            "IsDeleted": False,
            "CreatedDate": to_text(created),
            "LastModifiedDate": to_text(stamp),
            "SystemModstamp": to_text(stamp),
        }
        yield SalesforceRecord(name, key, created, stamp, 0, None, 0, json.dumps(values))


def _template(fields: list[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
    return {
        field["name"]: None
        if field["nillable"] and rng.random() < _EMPTY
        else _value(field["type"], int(field["length"]), rng)
        for field in fields
    }


def _value(type_: str, length: int, rng: random.Random) -> Any:
    if type_ == "boolean":
        return rng.random() < 0.5
    if type_ in ("reference", "id"):
        return f"005{rng.randrange(500):012d}AAA"
    if type_ in ("currency", "double"):
        return rng.randrange(10_000_000) / 100
    if type_ in ("int", "percent"):
        return rng.randrange(100)
    if type_ == "date":
        return to_text(NOW - rng.randrange(900) * DAY)[:10]
    if type_ == "datetime":
        return to_text(NOW - rng.randrange(900 * 86_400) * 1000)
    return " ".join(rng.choices(WORDS, k=_LONG if length > 1_000 else 3)).capitalize()[:40_000]
