"""A folder of tables exported from a HubSpot portal, put into the store as that portal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.exported.evidence import Evidence
from sandbox.exported.hubspot_links import associations, history
from sandbox.exported.hubspot_settings import pipelines_of_deals, settings
from sandbox.exported.hubspot_types import convert, definition, infer
from sandbox.exported.tables import ExportError, Row, Table, find_tables, read_json, set_clock
from sandbox.hubspot.catalogue import TYPES, ObjectType
from sandbox.salesforce.instants import to_milliseconds
from sandbox.store import HubspotDocument, HubspotObject, Store

_BATCH = 1000
_TYPES = {kind.name: kind for kind in TYPES}
# Columns that say something of the record and are no properties.
_OWN = frozenset({"id", "createdat", "updatedat", "archived", "archivedat", "mergedinto"})
_TRUE = frozenset({"true", "1", "yes"})


def load_hubspot(folder: Path, store: Store, *, now: datetime | None = None) -> None:
    """Every table of the folder becomes records, history, links or settings of the portal."""
    tables = {table.name: table for table in find_tables(folder)}
    known = {name for name in tables if name in _TYPES}
    histories = {name for name in tables if name.endswith(".history")}
    strange = sorted(set(tables) - known - histories - {"associations", "owners"})
    if strange:
        raise ExportError(
            f"{tables[strange[0]].path}: HubSpot has no object called {strange[0]!r}; name the "
            f"file after one of {', '.join(sorted(_TYPES))}"
        )
    declared = read_json(folder / "describe.json") or {}
    if not isinstance(declared, dict):
        raise ExportError(f"{folder / 'describe.json'}: an object by object name is needed")
    newest = 0
    for name in sorted(known):
        newest = max(newest, _load(tables[name], _TYPES[name], declared.get(name, {}), store))
    for name in sorted(histories):
        newest = max(newest, history(tables[name], store))
    if "associations" in tables:
        associations(tables["associations"], store)
    settings(folder, tables.get("owners"), store)
    pipelines_of_deals(store)
    set_clock(store, newest, None if now is None else round(now.timestamp() * 1000))
    store.commit()


def _load(table: Table, kind: ObjectType, declared: Any, store: Store) -> int:
    """One object's records and property definitions. Returns the newest stamp."""
    key = table.column("id", "hs_object_id")
    if key is None:
        raise ExportError(
            f"{table.path}, line 1: there is no column id (or hs_object_id); export the records "
            "with their ids"
        )
    properties = [name for name in table.columns if name.lower() not in _OWN]
    seen = {name: Evidence() for name in properties}
    for _, row in table.rows():
        for name in properties:
            seen[name].see(row.get(name, ""))
    types = _define(kind, declared, seen, store)
    store.connection.execute("delete from hs_object where type = ?", (kind.name,))
    newest = 0
    batch: list[HubspotObject] = []
    first: dict[int, int] = {}
    for line, record in _records(table, kind, key, types):
        if record.id in first:
            raise ExportError(
                f"{table.path}, line {line}: id {record.id} stands on line {first[record.id]} too; "
                "keep one of the two rows"
            )
        first[record.id] = line
        newest = max(newest, record.updated_at)
        batch.append(record)
        if len(batch) == _BATCH:
            store.put(batch)
            batch = []
    store.put(batch)
    return newest


def _define(
    kind: ObjectType, declared: Any, seen: dict[str, Evidence], store: Store
) -> dict[str, str]:
    """Property definitions into the store; the type of each column."""
    given = {one["name"]: one for one in declared} if isinstance(declared, list) else {}
    short = declared if isinstance(declared, dict) else {}
    documents = dict(given)
    for name, one in seen.items():
        if name not in documents:
            documents[name] = definition(name, short.get(name) or infer(name, one))
    for name in kind.always:
        documents.setdefault(name, definition(name, infer(name, Evidence())))
    store.connection.execute("delete from hs_document where kind = ?", (f"property:{kind.name}",))
    store.put(
        HubspotDocument(f"property:{kind.name}", name, place, 0, json.dumps(document))
        for place, (name, document) in enumerate(documents.items())
    )
    return {name: str(documents[name].get("type", "string")) for name in seen}


def _records(
    table: Table, kind: ObjectType, key: str, types: dict[str, str]
) -> Iterator[tuple[int, HubspotObject]]:
    archived = table.column("archived")
    created = table.column("createdAt", kind.created)
    updated = table.column("updatedAt", kind.modified) or created
    merged = table.column("mergedInto")
    for line, row in table.rows():
        id = _id(table, line, row.get(key, ""))
        values = {
            name: _converted(table, line, name, row.get(name, ""), type_)
            for name, type_ in types.items()
        }
        values["hs_object_id"] = str(id)
        created_at = _instant(table, line, row, created)
        updated_at = _instant(table, line, row, updated) or created_at
        winner = row.get(merged, "") if merged else ""
        gone = bool(winner) or bool(archived and row.get(archived, "").lower() in _TRUE)
        archived_at = _instant(table, line, row, table.column("archivedAt")) or updated_at
        yield (
            line,
            HubspotObject(
                type=kind.name,
                id=id,
                created_at=created_at,
                updated_at=updated_at,
                archived=int(gone),
                archived_at=archived_at if gone else None,
                merged_into=_id(table, line, winner) if winner else None,
                erased=0,
                indexed_at=0,
                properties=json.dumps(values, ensure_ascii=False),
            ),
        )


def _id(table: Table, line: int, text: str) -> int:
    if not text.isdigit():
        raise ExportError(f"{table.path}, line {line}: a record id must be a whole number")
    return int(text)


def _converted(table: Table, line: int, name: str, text: str, type_: str) -> str | None:
    try:
        return convert(text, type_)
    except ValueError as error:
        raise ExportError(
            f"{table.path}, line {line}: column {name} holds a value that is no {type_}; correct "
            "the cell, or the type in describe.json"
        ) from error


def _instant(table: Table, line: int, row: Row, column: str | None) -> int:
    text = row.get(column, "") if column else ""
    if not text:
        return 0
    try:
        return to_milliseconds(text)
    except ValueError as error:
        raise ExportError(
            f"{table.path}, line {line}: {column} must be an instant with a zone, such as "
            "2026-05-01T07:25:37.000Z"
        ) from error
