"""What became of the fields since the last load: `_ingestion.fields` and a line for each change.

`_ingestion.fields` holds every field ever asked for, with the load that first and last had it; one
whose `removed_at` is set is not asked for any more, its column stays and gets no new values. The
first load of an entity is where comparison begins, so it is no change. What is known of a field is
in the landing's manifest: made anew from landing, the books say the same.

`_ingestion.schema_changes.change`:
    added     old null, new the type
    removed   old the type; the reason says what the vendor told of it
    returned  a removed one is there again
    retyped   old and new type; the column keeps its type, `<field>__text` takes what does not fit
    renamed   old and new label of a field, or old and new name: where one field went and one of the
              same label and type came in the same load, and no other did
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.landing import Manifest
from ingestion.model import Entity, Field

UNTOLD = "deleted, renamed or no longer visible to us: the CRM does not tell which"
SAME_LABEL = "same label and type; values from before stay in the old column"
LABEL_ONLY = "only the label; the field's name and its column stay"


@dataclass(frozen=True)
class Change:
    """A line of `_ingestion.schema_changes`."""

    field: str
    change: str
    old: str | None = None
    new: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Known:
    """A field as the last load saw it."""

    type: str
    label: str
    is_removed: bool


def changes(
    known: Mapping[str, Known], now: Mapping[str, Field], absent: Mapping[str, str]
) -> list[Change]:
    """What differs between the fields known so far and those of a plan."""
    added = {name: field for name, field in now.items() if name not in known}
    removed = {
        name: field for name, field in known.items() if name not in now and not field.is_removed
    }
    found = _renamed(removed, added)
    for change in found:
        del removed[str(change.old)], added[change.field]
    found += [Change(name, "added", new=field.type) for name, field in added.items()]
    found += [
        Change(name, "removed", old=field.type, reason=absent.get(name, UNTOLD))
        for name, field in removed.items()
    ]
    for name, field in now.items():
        before = known.get(name)
        if before is None:
            continue
        if before.is_removed:
            found.append(Change(name, "returned", new=field.type))
        if before.type != field.type:
            found.append(Change(name, "retyped", before.type, field.type))
        if before.label and field.label and before.label != field.label:
            found.append(Change(name, "renamed", before.label, field.label, LABEL_ONLY))
    return found


def _renamed(removed: Mapping[str, Known], added: Mapping[str, Field]) -> list[Change]:
    found = []
    for name, field in added.items():
        look = (field.label, field.type)
        gone = [old for old, one in removed.items() if (one.label, one.type) == look]
        come = [new for new, one in added.items() if (one.label, one.type) == look]
        if field.label and len(gone) == len(come) == 1:
            found.append(Change(name, "renamed", gone[0], name, SAME_LABEL))
    return found


def note(connection: duckdb.DuckDBPyConnection, entity: Entity, manifest: Manifest) -> list[Change]:
    """Write down the fields of a load and how they differ, in the transaction of the caller.

    A sweep asks for calculated fields alone, so it tells nothing of the others.
    """
    tables = [reading.table for reading in entity.readings if reading.fields_at is not None]
    if not tables or manifest.mode == "sweep" or not manifest.plan.fields:
        return []
    table = tables[0]
    where = [manifest.source, manifest.entity, table]
    known = {
        name: Known(type_, label, is_removed)
        for name, type_, label, is_removed in connection.execute(
            "select field, type, label, removed_at is not null from _ingestion.fields "
            "where source = ? and entity = ? and table_name = ?",
            where,
        ).fetchall()
    }
    now = {field.name: field for field in manifest.plan.fields}
    found = changes(known, now, manifest.plan.absent) if known else []
    _write_changes(connection, where, manifest, found)
    _write_fields(connection, where, manifest, list(now.values()))
    return found


def _write_changes(
    connection: duckdb.DuckDBPyConnection,
    where: Sequence[str],
    manifest: Manifest,
    found: Sequence[Change],
) -> None:
    # Raw made anew from landing passes here again: what is written down stays as it was.
    if not found:
        return
    rows = [
        [*where, one.field, one.change, one.old, one.new, one.reason, manifest.load_id]
        for one in found
    ]
    connection.executemany(
        "insert into _ingestion.schema_changes "
        "select s.*, ?::timestamp from (select ? as source, ? as entity, ? as table_name, "
        "? as field, ? as change, ? as old, ? as new, ? as reason, ? as load_id) s "
        "where not exists (select 1 from _ingestion.schema_changes c where c.source = s.source "
        "and c.entity = s.entity and c.load_id = s.load_id and c.field = s.field "
        "and c.change = s.change)",
        [[naive(manifest.landed_at), *row] for row in rows],
    )


def _write_fields(
    connection: duckdb.DuckDBPyConnection,
    where: Sequence[str],
    manifest: Manifest,
    fields: Sequence[Field],
) -> None:
    hashed = set(manifest.plan.hashed)
    columns: dict[str, list[object]] = {
        "field": [one.name for one in fields],
        "type": [one.type for one in fields],
        "label": [one.label for one in fields],
        "is_calculated": [one.calculated for one in fields],
        "is_personal": [one.personal for one in fields],
        "is_hashed": [one.name in hashed for one in fields],
    }
    lists = ", ".join(f"unnest(?) as {name}" for name in columns)
    same = "f.source = ? and f.entity = ? and f.table_name = ?"
    connection.execute(
        f"create or replace temp table _fields as select {lists}", list(columns.values())
    )
    connection.execute(
        f"update _ingestion.fields f set removed_at = ? where {same} and removed_at is null "
        "and field not in (select field from _fields)",
        [naive(manifest.landed_at), *where],
    )
    connection.execute(
        "update _ingestion.fields f set type = n.type, label = n.label, "
        "is_calculated = n.is_calculated, is_personal = n.is_personal, is_hashed = n.is_hashed, "
        f"last_load_id = ?, removed_at = null from _fields n where {same} and f.field = n.field",
        [manifest.load_id, *where],
    )
    connection.execute(
        "insert into _ingestion.fields select ?, ?, ?, n.*, ?, ?, null from _fields n where not "
        f"exists (select 1 from _ingestion.fields f where {same} and f.field = n.field)",
        [*where, manifest.load_id, manifest.load_id, *where],
    )
    connection.execute("drop table _fields")
