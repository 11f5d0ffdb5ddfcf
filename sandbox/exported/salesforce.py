"""A folder of tables exported from a Salesforce org, put into the store as that org."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.exported.evidence import Evidence
from sandbox.exported.salesforce_describe import (
    KEY_PREFIXES,
    field_document,
    name_field,
    object_document,
)
from sandbox.exported.salesforce_types import TYPES, convert, infer
from sandbox.exported.tables import ExportError, Row, Table, find_tables, read_json, set_clock
from sandbox.salesforce.ids import is_id, to_18
from sandbox.salesforce.instants import to_milliseconds
from sandbox.store import SalesforceRecord, Store

logger = logging.getLogger(__name__)

_BATCH = 1000
_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")


def load_salesforce(folder: Path, store: Store, *, now: datetime | None = None) -> None:
    """Every table of the folder becomes an object; what the store had of it is replaced."""
    tables = find_tables(folder)
    if not tables:
        raise ExportError(f"{folder} holds no .csv or .ndjson file, one per object is needed")
    declared = _declared(folder)
    evidence = {table.name: _look(table) for table in tables}
    targets = dict(KEY_PREFIXES)
    for table in tables:
        targets.update(dict.fromkeys(evidence[table.name]["Id"].prefixes, table.name))
    newest = 0
    for table in tables:
        describe = _describe(table, evidence[table.name], declared.get(table.name, {}), targets)
        store.put_describe(table.name, describe)
        types = {field["name"]: field["type"] for field in describe["fields"]}
        newest = max(newest, _load(table, types, store))
    set_clock(store, newest, None if now is None else round(now.timestamp() * 1000))
    store.commit()


def _declared(folder: Path) -> dict[str, Any]:
    """describe.json: {"Account": {"AnnualRevenue": "currency"}}, or the vendor's documents."""
    found = read_json(folder / "describe.json")
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise ExportError(f"{folder / 'describe.json'}: an object of objects by name is needed")
    return found


def _look(table: Table) -> dict[str, Evidence]:
    """The first pass over a file: what its columns hold."""
    key = table.column("Id")
    if key is None:
        raise ExportError(
            f"{table.path}, line 1: there is no column Id; export the object with its record ids"
        )
    dotted = [name for name in table.columns if "." in name]
    if dotted:
        logger.warning("%s: columns of parents are left out: %s", table.path, ", ".join(dotted))
    seen = {_field_name(name): Evidence() for name in _fields(table)}
    for line, row in table.rows():
        if not is_id(row.get(key, "")):
            raise ExportError(
                f"{table.path}, line {line}: Id must be a record id of 15 or 18 characters"
            )
        for name in _fields(table):
            seen[_field_name(name)].see(row.get(name, ""))
    return seen


def _fields(table: Table) -> list[str]:
    """The columns that are fields; `Owner.Name` is a parent's and belongs to its own table."""
    return [name for name in table.columns if "." not in name]


def _field_name(column: str) -> str:
    return "Id" if column.lower() == "id" else column


def _describe(
    table: Table, seen: dict[str, Evidence], declared: dict[str, Any], targets: dict[str, str]
) -> dict[str, Any]:
    """The declared document, or one made from the declared types and the cells."""
    named = name_field(seen)
    given = declared.get("fields")
    fields = {field["name"]: field for field in given} if isinstance(given, list) else {}
    short = {} if isinstance(given, list) else declared
    for name, one in seen.items():
        if name in fields:
            continue
        kind = short.get(name) or infer(name, one)
        if kind not in TYPES:
            raise ExportError(
                f"{table.path.parent / 'describe.json'}: {table.name}.{name} has the type "
                f"{kind!r}; Salesforce knows {', '.join(sorted(TYPES))}"
            )
        fields[name] = field_document(name, kind, one, targets, name_field=named)
    prefixes = seen["Id"].prefixes
    prefix = next(iter(prefixes)) if len(prefixes) == 1 else None
    document = object_document(table.name, prefix, fields.values())
    if isinstance(given, list):
        document |= {key: value for key, value in declared.items() if key != "fields"}
    return document


def _load(table: Table, types: dict[str, str], store: Store) -> int:
    """The second pass: rows into the store. Returns the newest stamp."""
    store.connection.execute("delete from sf_record where object = ?", (table.name,))
    newest = 0
    batch: list[SalesforceRecord] = []
    lines: list[int] = []
    for line, record in _records(table, types):
        batch.append(record)
        lines.append(line)
        newest = max(newest, record.stamp)
        if len(batch) == _BATCH:
            _insert(table, batch, lines, store)
            batch, lines = [], []
    _insert(table, batch, lines, store)
    return newest


def _records(table: Table, types: dict[str, str]) -> Iterator[tuple[int, SalesforceRecord]]:
    fields = [(name, _field_name(name)) for name in _fields(table)]
    for line, row in table.rows():
        values = {}
        for column, name in fields:
            text = row.get(column, "")
            try:
                values[name] = convert(text, types[name])
            except ValueError as error:
                raise ExportError(
                    f"{table.path}, line {line}: column {column} holds a value that is no "
                    f"{types[name]}; correct the cell, or the type in describe.json"
                ) from error
        created, stamp = _instants(table, line, row)
        gone = bool(values.get("IsDeleted"))
        yield (
            line,
            SalesforceRecord(
                object=table.name,
                id=str(values["Id"]),
                created_at=created,
                stamp=stamp,
                is_deleted=int(gone),
                deleted_at=stamp if gone else None,
                purged=0,
                fields=json.dumps(values, ensure_ascii=False),
            ),
        )


def _instants(table: Table, line: int, row: Row) -> tuple[int, int]:
    """Creation and change. A table without any stamp (a list of settings) stands at zero."""
    texts = [row.get(name, "") for name in _STAMPS]
    try:
        known = [to_milliseconds(text) for text in texts if text]
        created = to_milliseconds(texts[-1]) if texts[-1] else None
    except ValueError as error:
        raise ExportError(
            f"{table.path}, line {line}: {', '.join(_STAMPS)} must be instants with an offset, "
            "such as 2026-05-01T07:25:37.000+0000"
        ) from error
    if not known and any(name in table.columns for name in _STAMPS):
        raise ExportError(f"{table.path}, line {line}: the row has no instant of change")
    stamp = known[0] if known else 0
    return (stamp if created is None else created), stamp


def _insert(table: Table, batch: list[SalesforceRecord], lines: list[int], store: Store) -> None:
    marks = ", ".join("?" * len(SalesforceRecord._fields))
    try:
        store.connection.executemany(f"insert into sf_record values ({marks})", batch)
    except sqlite3.IntegrityError as error:
        raise _duplicate(table, batch, lines) from error


def _duplicate(table: Table, batch: list[SalesforceRecord], lines: list[int]) -> ExportError:
    """Reads the file once more for the first id that stands on two lines."""
    wanted = {record.id for record in batch}
    first: dict[str, int] = {}
    key = table.column("Id") or "Id"
    for line, row in table.rows():
        value = to_18(row.get(key, ""))
        if value in wanted and value in first:
            return ExportError(
                f"{table.path}, line {line}: Id {value} stands on line {first[value]} too; keep "
                "one of the two rows"
            )
        if value in wanted:
            first[value] = line
    return ExportError(f"{table.path}, lines {lines[0]} to {lines[-1]}: an Id is not unique")
