"""Version 2: lists by cursor, single records, deal products, fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response

from sandbox.pipedrive.call import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    Call,
    PipedriveError,
    answer,
    page,
    place,
)

_SORTS = {"id": "id", "update_time": "coalesce(updated_at, 0)", "add_time": "created_at"}
# Which filters each list knows, all by a number that the record holds.
_FILTERS = {
    "deals": ("owner_id", "person_id", "org_id", "pipeline_id", "stage_id"),
    "persons": ("owner_id", "org_id"),
    "organizations": ("owner_id",),
    "activities": ("owner_id", "deal_id", "person_id", "org_id"),
    "products": ("owner_id",),
    "stages": ("pipeline_id",),
}
_MOST_CUSTOM_FIELDS = 15


def deals(call: Call) -> Response:
    """Deleted deals come when they are asked for and at no other time; archived ones never."""
    status = call.text("status")
    if status is None:
        return _list(call, "deals", "live")
    named = status.split(",")
    if not set(named) <= {"open", "won", "lost", "deleted"}:
        raise PipedriveError(400, "status must be open, won, lost or deleted")
    if named == ["deleted"]:
        return _list(call, "deals", "deleted")
    return _list(call, "deals", "live", statuses=named)


def archived_deals(call: Call) -> Response:
    return _list(call, "deals", "archived")


def listed(kind: str) -> Callable[[Call], Response]:
    return lambda call: _list(call, kind, "live")


def one(kind: str) -> Callable[[Call], Response]:
    def handler(call: Call) -> Response:
        row = call.store.connection.execute(
            "select document from pd_record where type = ? and id = ?", (kind, call.segment("id"))
        ).fetchone()
        if row is None:
            raise PipedriveError(404, f"{kind.capitalize()} not found")
        return answer({"success": True, "data": json.loads(row[0])})

    return handler


def fields(kind: str) -> Callable[[Call], Response]:
    return lambda call: _list(call, f"fields:{kind}", "live")


def products_of_deals(call: Call) -> Response:
    ids = call.ids("deal_ids")
    if ids is None:
        raise PipedriveError(400, "deal_ids is required")
    return _products(call, ids)


def products_of_deal(call: Call) -> Response:
    return _products(call, [call.segment("id")])


def _products(call: Call, deal_ids: Sequence[int]) -> Response:
    marks = ", ".join("?" * len(deal_ids))
    where = f"json_extract(document, '$.deal_id') in ({marks})"
    return _list(call, "deal_products", "live", where=where, values=list(deal_ids))


def _list(
    call: Call,
    kind: str,
    state: str,
    *,
    statuses: Sequence[str] = (),
    where: str = "true",
    values: Sequence[Any] = (),
) -> Response:
    """A page in the order asked for, behind the cursor; id decides among equals."""
    conditions, given = ["type = ?", "state = ?", where], [kind, state, *values]
    since, until = call.instant("updated_since"), call.instant("updated_until")
    if since is not None:
        conditions.append("updated_at >= ?")
        given.append(since)
    if until is not None:
        conditions.append("updated_at < ?")
        given.append(until)
    ids = call.ids("ids")
    if ids is not None:
        conditions.append(f"id in ({', '.join('?' * len(ids))})")
        given += ids
    for name in _FILTERS.get(kind, ()):
        if call.text(name) is not None:
            conditions.append(f"json_extract(document, '$.{name}') = ?")
            given.append(call.number(name, 0, most=2**53))
    if statuses:
        marks = ", ".join("?" * len(statuses))
        conditions.append(f"json_extract(document, '$.status') in ({marks})")
        given += statuses
    sort = _SORTS[call.choice("sort_by", tuple(_SORTS), "id")]
    is_up = call.choice("sort_direction", ("asc", "desc"), "asc") == "asc"
    cursor = call.cursor()
    if cursor is not None:
        conditions.append(f"({sort}, id) {'>' if is_up else '<'} (?, ?)")
        given += cursor
    limit = call.number("limit", DEFAULT_PAGE, most=LARGEST_PAGE)
    direction = "asc" if is_up else "desc"
    rows = call.store.connection.execute(
        f"select {sort}, id, document from pd_record where {' and '.join(conditions)} "
        f"order by {sort} {direction}, id {direction} limit ?",
        (*given, limit + 1),
    ).fetchall()
    documents = [json.loads(document) for _, _, document in rows[:limit]]
    _leave_out(call, documents)
    following = place(rows[limit - 1][0], rows[limit - 1][1]) if len(rows) > limit else None
    return page(documents, following)


def _leave_out(call: Call, documents: list[dict[str, Any]]) -> None:
    """`custom_fields` names the hashes that are wanted."""
    text = call.text("custom_fields")
    if text is None:
        return
    wanted = text.split(",")
    if len(wanted) > _MOST_CUSTOM_FIELDS:
        raise PipedriveError(400, f"custom_fields must name at most {_MOST_CUSTOM_FIELDS}")
    for document in documents:
        held = document.get("custom_fields")
        if held is not None:
            document["custom_fields"] = {key: held[key] for key in wanted if key in held}
