"""Rows of the store in the shape of HubSpot's records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sandbox.hubspot.associations import inline_associations
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalogue import ObjectType
from sandbox.hubspot.texts import iso

COLUMNS = "id, created_at, updated_at, archived, archived_at, properties"
# The recycle bin: after these days a deleted record can be seen nowhere.
BIN_MILLISECONDS = 90 * 24 * 3600 * 1000


class Row(NamedTuple):
    id: int
    created_at: int
    updated_at: int
    archived: int
    archived_at: int | None
    properties: str


class Selection(NamedTuple):
    """What of a record is asked for, already cut down to what exists."""

    names: list[str]
    history: list[str]
    targets: list[ObjectType]


def select(
    call: Call,
    kind: ObjectType,
    names: Sequence[str] | None,
    history: Sequence[str] | None = None,
    targets: Iterable[str] = (),
) -> Selection:
    """Unknown names drop out without a word; a list given replaces the default set."""
    known = call.definitions(kind)
    asked = set(kind.defaults if names is None else names) | set(history or ())
    chosen = {name for name in asked if name in known or not known} | set(kind.always)
    return Selection(
        sorted(chosen),
        sorted({name for name in history or () if name in known or not known}),
        [call.resolve(target) for target in dict.fromkeys(targets)],
    )


def shape(
    call: Call, kind: ObjectType, rows: Sequence[Row], wanted: Selection
) -> list[dict[str, Any]]:
    """The records of a page, in the order of the rows."""
    portal = _portal_id(call)
    records = [_record(kind, row, wanted.names, portal) for row in rows]
    ids = [row.id for row in rows]
    if wanted.history:
        histories = _histories(call, kind, ids, wanted.history)
        for row, record in zip(rows, records, strict=True):
            record["propertiesWithHistory"] = histories[row.id]
    if wanted.targets:
        links = inline_associations(call, kind, ids, wanted.targets)
        for row, record in zip(rows, records, strict=True):
            if row.id in links:
                record["associations"] = links[row.id]
    return records


def _portal_id(call: Call) -> str:
    row = call.store.connection.execute(
        "select json_extract(document, '$.portalId') from hs_document where kind = 'account'"
    ).fetchone()
    return str(row[0]) if row else "0"


def _record(kind: ObjectType, row: Row, names: list[str], portal: str) -> dict[str, Any]:
    stored = json.loads(row.properties)
    created, updated = iso(row.created_at), iso(row.updated_at)
    stored.setdefault("hs_object_id", str(row.id))
    stored.setdefault(kind.created, created)
    stored.setdefault(kind.modified, updated)
    record: dict[str, Any] = {
        "id": str(row.id),
        "properties": {name: stored.get(name) for name in names},
        "createdAt": created,
        "updatedAt": updated,
        "archived": bool(row.archived),
    }
    if row.archived and row.archived_at is not None:
        record["archivedAt"] = iso(row.archived_at)
    record["url"] = f"https://app.hubspot.com/contacts/{portal}/record/{kind.type_id}/{row.id}"
    return record


def _histories(
    call: Call, kind: ObjectType, ids: list[int], names: list[str]
) -> dict[int, dict[str, list[dict[str, Any]]]]:
    found: dict[int, dict[str, list[dict[str, Any]]]] = {
        id: {name: [] for name in names} for id in ids
    }
    rows = call.store.connection.execute(
        "select id, property, at, value, source_type, source_id, updated_by_user_id"
        f" from hs_history where type = ? and id in ({_marks(ids)})"
        f" and property in ({_marks(names)}) order by id, property, at desc, ordinal desc",
        (kind.name, *ids, *names),
    )
    for id, name, at, value, source_type, source_id, user in rows:
        version: dict[str, Any] = {
            # The vendor writes a cleared value as empty text here, never as null.
            "value": "" if value is None else value,
            "timestamp": iso(at),
            "sourceType": source_type or "CRM_UI",
        }
        if source_id is not None:
            version["sourceId"] = source_id
        if user is not None:
            version["updatedByUserId"] = user
        found[id][name].append(version)
    return found


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
