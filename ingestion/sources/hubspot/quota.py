"""HubSpot's limits: calls in ten seconds, searches in a second, calls in a day.

Most answers state the first and the last in headers; a search states neither, an OAuth app has no
limit for the day. Calls for associations have a window of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ingestion.engine.budget import Budget
from ingestion.engine.client import Answer, Client
from ingestion.engine.errors import RetriableError, SkippableError
from ingestion.engine.pace import Pace
from ingestion.engine.settings import positive, share

logger = logging.getLogger(__name__)

API_VERSION = "2026-03"

CALLS = "calls"
SEARCHES = "searches"
ASSOCIATIONS = "associations"

SEARCH_PER_SECOND = 4  # the account has 5, shared with every other app
# Until the first answer says more: what the smallest edition has.
WINDOW_SECONDS = 10.0
FIRST_CALLS = 100

_CALLS = "HUBSPOT_CALLS_PER_TEN_SECONDS"
_ASSOCIATIONS = "HUBSPOT_ASSOCIATIONS_PER_TEN_SECONDS"


def pace(settings: Mapping[str, str]) -> Pace:
    """The pace of an account before its first answer."""
    budget = Budget(
        "HubSpot",
        "HubSpot counts anew at midnight in the account's time zone, then a pull goes on from here",
        reserve=share(settings, "HUBSPOT_DAILY_RESERVE"),
    )
    ceilings = {
        group: positive(settings, name, FIRST_CALLS)
        for group, name in ((CALLS, _CALLS), (ASSOCIATIONS, _ASSOCIATIONS))
        if settings.get(name)
    }
    made = Pace(budget=budget, ceilings=ceilings)
    made.limit(CALLS, FIRST_CALLS, WINDOW_SECONDS)
    made.limit(ASSOCIATIONS, FIRST_CALLS, WINDOW_SECONDS)
    per_second = positive(settings, "HUBSPOT_SEARCH_PER_SECOND", SEARCH_PER_SECOND)
    # Evenly, not in bursts: one that is held up on the way would meet the next one there.
    made.limit(SEARCHES, 1, 1 / per_second)
    return made


def observe(answer: Answer, pace: Pace) -> None:
    """Take the limits that an answer states."""
    daily = _number(answer, "Daily"), _number(answer, "Daily-Remaining")
    if pace.budget is not None and daily[0] is not None and daily[1] is not None:
        pace.budget.says(daily[0], daily[0] - daily[1])
    most, milliseconds = _number(answer, "Max"), _number(answer, "Interval-Milliseconds")
    if not most or not milliseconds:
        return
    group = ASSOCIATIONS if answer.path.startswith("/crm/associations/") else CALLS
    pace.limit(group, most, milliseconds / 1000)
    remaining = _number(answer, "Remaining")
    if remaining is not None:
        pace.used(group, most - remaining)


def learn(client: Client, settings: Mapping[str, str]) -> None:
    """Ask what the day has left, where no header told and there is a limit to the day."""
    budget = client.pace.budget
    if budget is None or budget.limit is not None or not settings.get("HUBSPOT_ACCESS_TOKEN"):
        return
    version = settings.get("HUBSPOT_API_VERSION") or API_VERSION
    try:
        answer = client.get(
            f"/account-info/{version}/api-usage/daily/private-apps", groups=(CALLS,)
        )
        for row in answer.json["results"]:
            if row.get("usageLimit") and row.get("currentUsage") is not None:
                budget.says(int(row["usageLimit"]), int(row["currentUsage"]))
    except (SkippableError, RetriableError, KeyError, TypeError, ValueError) as error:
        # Not every token may ask; the vendor's refusal, should it come, ends the pull as cleanly.
        logger.info("the day's calls are not known (%s)", type(error).__name__)


def _number(answer: Answer, name: str) -> int | None:
    try:
        return int(answer.headers.get(f"X-HubSpot-RateLimit-{name}", ""))
    except ValueError:
        return None
