"""What a portal is set up with: account, owners, users, teams, pipelines, properties, currencies."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from sandbox.hubspot.access import require
from sandbox.hubspot.call import Call, answer
from sandbox.hubspot.catalogue import SENSITIVE_READ, TYPES
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.texts import iso

_SENSITIVITY = ("non_sensitive", "sensitive", "highly_sensitive")
# Records that a Professional account may hold of one type.
_RECORD_LIMIT = 15_000_000


def documents(call: Call, kind: str, *, archived: bool = False) -> list[dict[str, Any]]:
    rows = call.store.connection.execute(
        "select document from hs_document where kind = ? and archived = ? order by position, id",
        (kind, int(archived)),
    )
    return [json.loads(row[0]) for row in rows]


def document(call: Call, kind: str, id: str, *, archived: bool = False) -> dict[str, Any]:
    row = call.store.connection.execute(
        "select document from hs_document where kind = ? and id = ? and archived = ?",
        (kind, id, int(archived)),
    ).fetchone()
    if row is None:
        raise not_found()
    found: dict[str, Any] = json.loads(row[0])
    return found


def account(call: Call) -> dict[str, Any]:
    """The account document; an empty portal still has a zone, without which no day can be told."""
    found = documents(call, "account")
    if found:
        return found[0]
    return {
        "portalId": 0,
        "accountType": "STANDARD",
        "timeZone": "UTC",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "+00:00",
        "utcOffsetMilliseconds": 0,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }


def local_day(call: Call) -> tuple[str, int]:
    """The account's day on the sandbox's clock, and the instant at which the next one begins."""
    now = call.context.now()
    zone = ZoneInfo(str(account(call).get("timeZone") or "UTC"))
    today = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date()
    tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
    return today.isoformat(), int(tomorrow.timestamp() * 1000)


def account_details(call: Call) -> Response:
    return answer(account(call))


def daily_usage(call: Call) -> Response:
    """Calls of all private apps since the account's midnight."""
    day, ends = local_day(call)
    return answer(
        {
            "results": [
                {
                    "name": "private-apps-api-calls-daily",
                    "usageLimit": call.portal.limiter.plan.daily,
                    "currentUsage": call.portal.limiter.used_today(day),
                    "collectedAt": iso(call.context.now()),
                    "fetchStatus": "SUCCESS",
                    "resetsAt": iso(ends),
                }
            ]
        }
    )


def list_owners(call: Call) -> Response:
    """Deactivated users come only with `archived=true`."""
    owners = documents(call, "owner", archived=call.flag("archived"))
    email = call.text("email")
    if email:
        owners = [owner for owner in owners if (owner.get("email") or "").lower() == email.lower()]
    return _page(call, owners, default=100, most=500)


def get_owner(call: Call) -> Response:
    id = call.segment("id")
    if call.text("idProperty") == "userId":
        for owner in documents(call, "owner", archived=call.flag("archived")):
            if str(owner.get("userId") or owner.get("userIdIncludingInactive")) == id:
                return answer(owner)
        raise not_found()
    return answer(document(call, "owner", id, archived=call.flag("archived")))


def list_users(call: Call) -> Response:
    """The portal's users; without documents of their own they are the owners with a user."""
    users = documents(call, "user") or [
        {
            "id": str(owner["userId"]),
            "email": owner.get("email"),
            "firstName": owner.get("firstName"),
            "lastName": owner.get("lastName"),
            "superAdmin": False,
            "primaryTeamId": next(
                (team["id"] for team in owner.get("teams") or () if team.get("primary")), None
            ),
        }
        for owner in documents(call, "owner")
        if owner.get("userId") is not None
    ]
    return _page(call, users, default=100, most=100)


def list_teams(call: Call) -> Response:
    return answer({"results": documents(call, "team")})


def list_pipelines(call: Call) -> Response:
    return answer({"results": documents(call, f"pipeline:{call.type().name}")})


def get_pipeline(call: Call) -> Response:
    return answer(document(call, f"pipeline:{call.type().name}", call.segment("id")))


def list_stages(call: Call) -> Response:
    pipeline = document(call, f"pipeline:{call.type().name}", call.segment("id"))
    return answer({"results": pipeline.get("stages", [])})


def list_properties(call: Call) -> Response:
    """All at once; sensitive ones only when their level is named."""
    level = call.text("dataSensitivity") or _SENSITIVITY[0]
    if level not in _SENSITIVITY:
        raise invalid(f"Invalid dataSensitivity: {level}")
    if level != _SENSITIVITY[0]:
        require(call, (SENSITIVE_READ[level],))
    kind = f"property:{call.type().name}"
    found = documents(call, kind, archived=call.flag("archived"))
    return answer(
        {"results": [each for each in found if _level(each) == level]},
    )


def get_property(call: Call) -> Response:
    kind = f"property:{call.type().name}"
    return answer(document(call, kind, call.segment("name"), archived=call.flag("archived")))


def read_properties(call: Call) -> Response:
    inputs = call.json.get("inputs")
    if not isinstance(inputs, list):
        raise invalid("Invalid input: inputs must be a list")
    names = {str(each.get("name")) for each in inputs if isinstance(each, dict)}
    kind = f"property:{call.type().name}"
    found = documents(call, kind, archived=bool(call.json.get("archived")))
    now = iso(call.context.now())
    results = [each for each in found if each["name"] in names]
    return answer({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})


def list_schemas(call: Call) -> Response:
    return answer({"results": documents(call, "schema", archived=call.flag("archived"))})


def company_currency(call: Call) -> Response:
    return answer({"currencyCode": account(call).get("companyCurrency")})


def list_exchange_rates(call: Call) -> Response:
    return _page(call, documents(call, "exchange_rate"), default=100, most=100)


def current_exchange_rates(call: Call) -> Response:
    """Of each pair of currencies the rate that took effect last."""
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for rate in sorted(documents(call, "exchange_rate"), key=lambda rate: rate["effectiveAt"]):
        latest[rate["fromCurrencyCode"], rate["toCurrencyCode"]] = rate
    return answer({"results": list(latest.values())})


def record_limits(call: Call) -> Response:
    rows = call.store.connection.execute(
        "select type, count(*) from hs_object where archived = 0 group by type"
    )
    usage = dict(rows.fetchall())
    return answer(
        {
            "hubspotDefinedObjectTypes": [
                {
                    "objectTypeId": kind.type_id,
                    "singularLabel": kind.singular.replace("_", " ").capitalize(),
                    "pluralLabel": kind.name.replace("_", " ").capitalize(),
                    "limit": _RECORD_LIMIT,
                    "usage": usage.get(kind.name, 0),
                    "percentage": round(100 * usage.get(kind.name, 0) / _RECORD_LIMIT, 2),
                }
                for kind in TYPES
            ],
            "customObjectTypes": {
                "overallLimit": 0,
                "overallUsage": 0,
                "overallPercentage": 0,
                "byObjectType": [],
            },
        }
    )


def _level(definition: dict[str, Any]) -> str:
    return str(definition.get("dataSensitivity") or _SENSITIVITY[0])


def _page(call: Call, items: list[dict[str, Any]], *, default: int, most: int) -> Response:
    limit = call.limit(default=default, most=most)
    start = call.after()
    body: dict[str, Any] = {"results": items[start : start + limit]}
    if start + limit < len(items):
        after = str(start + limit)
        body["paging"] = {"next": {"after": after, "link": call.link(after)}}
    return answer(body)
