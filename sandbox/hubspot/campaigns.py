"""Marketing campaigns: no CRM objects, so they have their own list and batch."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.hubspot.associations import check_inputs
from sandbox.hubspot.call import Call, answer
from sandbox.hubspot.errors import invalid, missing_in_batch
from sandbox.hubspot.settings import document, documents
from sandbox.hubspot.texts import iso

MOST_IN_BATCH = 50
_READABLE = frozenset(
    (
        "hs_start_date",
        "hs_end_date",
        "hs_color_hex",
        "hs_notes",
        "hs_audience",
        "hs_goal",
        "hs_owner",
        "hs_currency_code",
        "hs_created_by_user_id",
        "hs_campaign_status",
        "hs_object_id",
        "hs_name",
        "hs_utm",
        "hs_budget_items_sum_amount",
        "hs_spend_items_sum_amount",
    )
)
_SORTS = ("hs_name", "createdAt", "updatedAt")


def list_campaigns(call: Call) -> Response:
    names = _names(call)
    found = documents(call, "campaign")
    wanted = call.text("name")
    if wanted:
        found = [
            each
            for each in found
            if wanted.lower() in (each["properties"].get("hs_name") or "").lower()
        ]
    found = _sorted(found, call.text("sort"))
    limit = call.limit(default=50, most=100)
    start = call.after()
    body: dict[str, Any] = {
        "total": len(found),
        "results": [_shape(each, names) for each in found[start : start + limit]],
    }
    if start + limit < len(found):
        after = str(start + limit)
        body["paging"] = {"next": {"after": after, "link": call.link(after)}}
    return answer(body)


def get_campaign(call: Call) -> Response:
    return answer(_shape(document(call, "campaign", call.segment("id")), _names(call)))


def read_campaigns(call: Call) -> Response:
    inputs = call.json.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise invalid("Invalid input: inputs may not be empty")
    check_inputs(len(inputs), MOST_IN_BATCH)
    names = _names(call)
    ids = {str(each.get("id")) for each in inputs if isinstance(each, dict)}
    found = [each for each in documents(call, "campaign") if each["id"] in ids]
    now = iso(call.context.now())
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": [_shape(each, names) for each in found],
        "startedAt": now,
        "completedAt": now,
    }
    missing = sorted(ids - {each["id"] for each in found})
    if missing:
        body |= {"numErrors": 1, "errors": [missing_in_batch("campaign", missing)]}
    return answer(body, 207 if missing else 200)


def _names(call: Call) -> list[str]:
    names = call.names("properties") or []
    refused = [name for name in names if name.startswith("hs_") and name not in _READABLE]
    if refused:
        raise invalid(f"Properties cannot be read: {', '.join(refused)}")
    return names


def _sorted(found: list[dict[str, Any]], sort: str | None) -> list[dict[str, Any]]:
    if not sort:
        return found
    name = sort.removeprefix("-")
    if name not in _SORTS:
        raise invalid(f"Invalid sort: {sort}")
    return sorted(
        found,
        key=lambda each: str(each.get(name) or each["properties"].get(name) or ""),
        reverse=sort.startswith("-"),
    )


def _shape(campaign: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Empty values are left out here, unlike in CRM records."""
    stored = campaign["properties"]
    return campaign | {
        "properties": {name: stored[name] for name in sorted(names) if stored.get(name)}
    }
