"""The vendors' records as they stand at the sandbox's clock, in one SQLite file.

The generator and the folder import write it, the two APIs read it, `advance` changes it. It knows
nothing of HTTP and nothing of the company's story. Instants are integer milliseconds since the
epoch, UTC; documents are JSON text.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = """
create table if not exists meta (key text primary key, value text not null);

-- HubSpot: one row per record, whatever its state. A merged-away record has merged_into and is archived.
create table if not exists hs_object (
    type text not null, id integer not null, created_at integer not null, updated_at integer not null,
    archived integer not null default 0, archived_at integer, merged_into integer, erased integer not null default 0,
    indexed_at integer not null,              -- from when on search can see this version
    properties text not null,                 -- {"name": "text or null"}
    primary key (type, id)
) without rowid;
-- Search answers its filters, order and total from these alone.
create index if not exists hs_object_updated on hs_object (type, updated_at, id, archived, indexed_at);
create index if not exists hs_object_created on hs_object (type, created_at, id, archived, indexed_at);
create index if not exists hs_object_bin on hs_object (type, id) where archived = 1;

create table if not exists hs_history (
    type text not null, id integer not null, property text not null, at integer not null, ordinal integer not null,
    value text, source_type text, source_id text, updated_by_user_id integer,
    primary key (type, id, property, at, ordinal)
) without rowid;

-- Both directions are rows. category, type_id, label as in the v4 answer.
create table if not exists hs_association (
    from_type text not null, from_id integer not null, to_type text not null, to_id integer not null,
    type_id integer not null, category text not null default 'HUBSPOT_DEFINED', label text,
    primary key (from_type, from_id, to_type, to_id, type_id)
) without rowid;

-- Everything else HubSpot answers as a document: kind is account, owner, team, pipeline:deals, property:deals,
-- campaign, exchange_rate, association_label:deals:contacts. position is the order of the answer.
create table if not exists hs_document (
    kind text not null, id text not null, position integer not null, archived integer not null default 0,
    document text not null,
    primary key (kind, id)
) without rowid;

-- Salesforce: one row per record; purged rows are gone from every answer but getDeleted's look-back.
create table if not exists sf_record (
    object text not null, id text not null, created_at integer not null, stamp integer not null,
    is_deleted integer not null default 0, deleted_at integer, purged integer not null default 0,
    fields text not null,                     -- {"ApiName": JSON value} for every field of describe
    primary key (object, id)
) without rowid;
create index if not exists sf_record_stamp on sf_record (object, stamp, id);
create index if not exists sf_record_created on sf_record (object, created_at, id);

create table if not exists sf_object (name text primary key, describe text not null) without rowid;

-- Pipedrive: one row per record that some list still shows; state is live, archived or deleted. document is
-- the vendor's answer. A change is one line of a deal's log.
create table if not exists pd_record (
    type text not null, id integer not null, created_at integer not null, updated_at integer,
    state text not null default 'live', document text not null,
    primary key (type, id)
) without rowid;
create index if not exists pd_record_updated on pd_record (type, state, updated_at, id);

create table if not exists pd_change (
    deal_id integer not null, at integer not null, ordinal integer not null, field_key text not null,
    old_value text, new_value text, user_id integer,
    primary key (deal_id, at, ordinal)
) without rowid;
"""


class HubspotObject(NamedTuple):
    type: str
    id: int
    created_at: int
    updated_at: int
    archived: int
    archived_at: int | None
    merged_into: int | None
    erased: int
    indexed_at: int
    properties: str


class HubspotHistory(NamedTuple):
    type: str
    id: int
    property: str
    at: int
    ordinal: int
    value: str | None
    source_type: str | None
    source_id: str | None
    updated_by_user_id: int | None


class HubspotAssociation(NamedTuple):
    from_type: str
    from_id: int
    to_type: str
    to_id: int
    type_id: int
    category: str
    label: str | None


class HubspotDocument(NamedTuple):
    kind: str
    id: str
    position: int
    archived: int
    document: str


class SalesforceRecord(NamedTuple):
    object: str
    id: str
    created_at: int
    stamp: int
    is_deleted: int
    deleted_at: int | None
    purged: int
    fields: str


class PipedriveRecord(NamedTuple):
    type: str
    id: int
    created_at: int
    updated_at: int | None
    state: str
    document: str


class PipedriveChange(NamedTuple):
    deal_id: int
    at: int
    ordinal: int
    field_key: str
    old_value: str | None
    new_value: str | None
    user_id: int | None


class Store:
    """One connection. Open one per thread; SQLite's WAL lets many read while one writes."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        if read_only:
            self.connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, check_same_thread=False)
            self.connection.execute("pragma journal_mode = wal")
            self.connection.execute(
                "pragma synchronous = off"
            )  # invented data: speed before safety
            self.connection.executescript(SCHEMA)
        self.connection.execute("pragma busy_timeout = 30000")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("select value from meta where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        self.connection.execute("insert or replace into meta values (?, ?)", (key, value))

    def now(self) -> int:
        """The sandbox's clock in milliseconds. Set by `generate`, `advance` or the folder import."""
        value = self.meta("now_ms")
        if value is None:
            raise LookupError(f"{self.path} holds no clock: run `python -m sandbox generate` first")
        return int(value)

    def put(self, rows: Iterable[NamedTuple]) -> int:
        """Insert or replace rows of any of the tables above; returns how many. Does not commit."""
        count = 0
        by_type: dict[type, list[NamedTuple]] = {}
        for row in rows:
            by_type.setdefault(type(row), []).append(row)
            count += 1
        for kind, batch in by_type.items():
            marks = ", ".join("?" * len(batch[0]))
            statement = f"insert or replace into {_TABLES[kind]} values ({marks})"
            self.connection.executemany(statement, batch)
        return count

    def put_describe(self, name: str, describe: dict[str, Any]) -> None:
        self.connection.execute(
            "insert or replace into sf_object values (?, ?)", (name, json.dumps(describe))
        )

    def commit(self) -> None:
        self.connection.commit()


_TABLES: dict[type, str] = {
    HubspotObject: "hs_object",
    HubspotHistory: "hs_history",
    HubspotAssociation: "hs_association",
    HubspotDocument: "hs_document",
    SalesforceRecord: "sf_record",
    PipedriveRecord: "pd_record",
    PipedriveChange: "pd_change",
}
