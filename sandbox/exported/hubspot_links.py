"""Property history and associations of an exported portal, each a file of its own."""

from __future__ import annotations

from sandbox.exported.tables import ExportError, Row, Table
from sandbox.hubspot.catalogue import find_type
from sandbox.salesforce.instants import to_milliseconds
from sandbox.store import HubspotAssociation, HubspotHistory, Store

_BATCH = 1000
# The plain type of a link and of its way back.
_TYPE_IDS = {
    ("deals", "contacts"): (3, 4),
    ("deals", "companies"): (341, 342),
    ("contacts", "companies"): (279, 280),
    ("tickets", "contacts"): (16, 15),
    ("tickets", "companies"): (339, 340),
    ("deals", "tickets"): (27, 28),
    ("deals", "line_items"): (19, 20),
    ("quotes", "line_items"): (67, 68),
    ("quotes", "deals"): (64, 63),
    ("calls", "contacts"): (194, 193),
    ("calls", "companies"): (182, 181),
    ("calls", "deals"): (206, 205),
    ("emails", "contacts"): (198, 197),
    ("emails", "companies"): (186, 185),
    ("emails", "deals"): (210, 209),
    ("meetings", "contacts"): (200, 199),
    ("meetings", "companies"): (188, 187),
    ("meetings", "deals"): (212, 211),
    ("notes", "contacts"): (202, 201),
    ("notes", "companies"): (190, 189),
    ("notes", "deals"): (214, 213),
    ("tasks", "contacts"): (204, 203),
    ("tasks", "companies"): (192, 191),
    ("tasks", "deals"): (216, 215),
    ("feedback_submissions", "contacts"): (98, 97),
    ("feedback_submissions", "tickets"): (100, 99),
    ("leads", "contacts"): (608, 609),
}
_BACK = {
    **{(target, source): (back, there) for (source, target), (there, back) in _TYPE_IDS.items()},
    **_TYPE_IDS,
}
# Primary types and their ways back.
_PRIMARY = {1: 2, 2: 1, 5: 6, 6: 5, 25: 26, 26: 25}


def history(table: Table, store: Store) -> int:
    """`<object>.history`: one row per value that a property had. Returns the newest instant."""
    kind = find_type(table.name.removesuffix(".history"))
    if kind is None:
        raise ExportError(f"{table.path}: HubSpot has no object of that name")
    _require(table, "id", "property", "timestamp", "value")
    store.connection.execute("delete from hs_history where type = ?", (kind.name,))
    newest = 0
    ordinals: dict[tuple[int, str, int], int] = {}
    batch: list[HubspotHistory] = []
    for line, row in table.rows():
        id, at = _number(table, line, row, "id"), _instant(table, line, row)
        key = (id, row["property"], at)
        ordinals[key] = ordinals.get(key, -1) + 1
        user = row.get("updatedByUserId") or ""
        batch.append(
            HubspotHistory(
                type=kind.name,
                id=id,
                property=row["property"],
                at=at,
                ordinal=ordinals[key],
                value=row["value"] or None,
                source_type=row.get("sourceType") or None,
                source_id=row.get("sourceId") or None,
                updated_by_user_id=int(user) if user.isdigit() else None,
            )
        )
        newest = max(newest, at)
        if len(batch) == _BATCH:
            store.put(batch)
            batch = []
    store.put(batch)
    return newest


def associations(table: Table, store: Store) -> None:
    """One row per link in one direction; the way back is added."""
    _require(table, "from_type", "from_id", "to_type", "to_id")
    batch: list[HubspotAssociation] = []
    for line, row in table.rows():
        source, target = find_type(row["from_type"]), find_type(row["to_type"])
        if source is None or target is None:
            raise ExportError(
                f"{table.path}, line {line}: from_type and to_type must be object names such as "
                "deals"
            )
        ids = _BACK.get((source.name, target.name))
        given = row.get("type_id") or ""
        if ids is None and not given.isdigit():
            raise ExportError(
                f"{table.path}, line {line}: a link from {source.name} to {target.name} needs its "
                "type_id"
            )
        there = int(given) if given.isdigit() else (ids[0] if ids else 0)
        back = _PRIMARY.get(there) or (ids[1] if ids and ids[0] == there else there)
        ends = _number(table, line, row, "from_id"), _number(table, line, row, "to_id")
        category = row.get("category") or "HUBSPOT_DEFINED"
        label = row.get("label") or None
        batch.append(
            HubspotAssociation(source.name, ends[0], target.name, ends[1], there, category, label)
        )
        batch.append(
            HubspotAssociation(target.name, ends[1], source.name, ends[0], back, category, label)
        )
        if len(batch) >= _BATCH:
            store.put(batch)
            batch = []
    store.put(batch)


def _require(table: Table, *columns: str) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ExportError(f"{table.path}, line 1: the columns {', '.join(missing)} are missing")


def _number(table: Table, line: int, row: Row, column: str) -> int:
    if not row[column].isdigit():
        raise ExportError(f"{table.path}, line {line}: {column} must be a whole number")
    return int(row[column])


def _instant(table: Table, line: int, row: Row) -> int:
    try:
        return to_milliseconds(row["timestamp"])
    except ValueError as error:
        raise ExportError(
            f"{table.path}, line {line}: timestamp must be an instant with a zone, such as "
            "2026-05-01T07:25:37.000Z"
        ) from error
