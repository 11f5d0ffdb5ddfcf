"""Salesforce's limits: calls in 24 hours, stated by every answer, and long calls at one time."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingestion.engine.budget import Budget
from ingestion.engine.client import Answer
from ingestion.engine.pace import Pace
from ingestion.engine.settings import positive, share

CALLS = "calls"
# Of calls that take 20 seconds and more an org runs 25 at a time, a small one 5.
AT_ONCE = 10

_USED = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")


def pace(settings: Mapping[str, str]) -> Pace:
    """The pace of an org before its first answer."""
    budget = Budget(
        "Salesforce",
        "Salesforce counts the last 24 hours, so a later pull goes on from here",
        reserve=share(settings, "SALESFORCE_DAILY_RESERVE"),
    )
    made = Pace(budget=budget)
    made.limit_at_once(CALLS, positive(settings, "SALESFORCE_CALLS_AT_ONCE", AT_ONCE))
    return made


def observe(answer: Answer, pace: Pace) -> None:
    """Take the usage that an answer states. It lags behind: several answers may name one figure."""
    found = _USED.search(answer.headers.get("Sforce-Limit-Info", ""))
    if pace.budget is None:
        return
    if found is not None:
        pace.budget.says(limit=int(found[2]), used=int(found[1]))
    elif answer.status == 200 and answer.path.endswith("/limits"):
        daily = _daily(answer)
        if daily is not None:
            pace.budget.says(*daily)


def _daily(answer: Answer) -> tuple[int, int] | None:
    """Limit and usage as the resource tells them; None where it has another shape."""
    try:
        daily = answer.json["DailyApiRequests"]
        return int(daily["Max"]), int(daily["Max"]) - int(daily["Remaining"])
    except (KeyError, TypeError, ValueError):
        return None
