"""What is still version 1: users, currencies, leads, and the log of a deal's changes.

Its lists differ among themselves: some have no pages at all, some go by start and limit, and the
newest by cursor.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
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


def users(call: Call) -> Response:
    found = _documents(call, "users")
    return answer(
        {"success": True, "data": found, "additional_data": {"company_id": _company(found)}}
    )


def me(call: Call) -> Response:
    """The user whose token it is. An account without any of the unit's has one all the same."""
    user: dict[str, Any] = {"id": 1, "name": "Integration", "company_id": 1, "is_you": True}
    for found in _documents(call, "users"):
        if found["is_you"]:
            user = found
    more = {"company_name": "Aurora Partners", "company_domain": "aurora-partners"}
    return answer({"success": True, "data": user | more})


def currencies(call: Call) -> Response:
    return answer({"success": True, "data": _documents(call, "currencies")})


def leads(call: Call) -> Response:
    """By start and limit, as old lists are; there is no cursor and no way to ask for changes."""
    start = call.number("start", 0, most=2**53, least=0)
    limit = call.number("limit", DEFAULT_PAGE, most=LARGEST_PAGE)
    found = _documents(call, "leads")
    pagination: dict[str, Any] = {
        "start": start,
        "limit": limit,
        "more_items_in_collection": len(found) > start + limit,
    }
    if pagination["more_items_in_collection"]:
        pagination["next_start"] = start + limit
    return answer(
        {
            "success": True,
            "data": found[start : start + limit],
            "additional_data": {"pagination": pagination},
        }
    )


def changelog(call: Call) -> Response:
    """The newest change first."""
    deal_id = call.segment("id")
    connection = call.store.connection
    if (
        connection.execute(
            "select 1 from pd_record where type = 'deals' and id = ?", (deal_id,)
        ).fetchone()
        is None
    ):
        raise PipedriveError(404, "Deal not found")
    limit = call.number("limit", DEFAULT_PAGE, most=LARGEST_PAGE)
    cursor = call.cursor()
    rows = connection.execute(
        "select at, ordinal, field_key, old_value, new_value, user_id from pd_change "
        f"where deal_id = ? {'and (at, ordinal) < (?, ?)' if cursor else ''} "
        "order by at desc, ordinal desc limit ?",
        (deal_id, *(cursor or ()), limit + 1),
    ).fetchall()
    found = [
        {
            "field_key": field_key,
            "old_value": old_value,
            "new_value": new_value,
            "actor_user_id": user_id,
            "time": datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "change_source": "app",
            "change_source_user_agent": None,
            "is_bulk_update_flag": False,
        }
        for at, _, field_key, old_value, new_value, user_id in rows[:limit]
    ]
    following = place(rows[limit - 1][0], rows[limit - 1][1]) if len(rows) > limit else None
    return page(found, following)


def _documents(call: Call, kind: str) -> list[dict[str, Any]]:
    rows = call.store.connection.execute(
        "select document from pd_record where type = ? and state = 'live' order by id", (kind,)
    )
    return [json.loads(document) for (document,) in rows]


def _company(found: list[dict[str, Any]]) -> int | None:
    return found[0]["company_id"] if found else None
