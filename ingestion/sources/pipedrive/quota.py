"""Pipedrive's limits: calls in two seconds per token, and the account's tokens of a day.

Every answer states both. A call costs between one token and some dozens, the vendor's count says
how many it was.
"""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.engine.budget import Budget
from ingestion.engine.client import Answer
from ingestion.engine.pace import Pace
from ingestion.engine.settings import share

CALLS = "calls"
WINDOW_SECONDS = 2.0
# Until the first answer says more: what the smallest plan has.
FIRST_CALLS = 20

RESET = "x-ratelimit-reset"
TOKENS, TOKENS_LEFT = "x-daily-ratelimit-token-limit", "x-daily-ratelimit-token-remaining"


def pace(settings: Mapping[str, str]) -> Pace:
    """The pace of an account before its first answer."""
    budget = Budget(
        "Pipedrive",
        "Pipedrive counts anew every day",
        reserve=share(settings, "PIPEDRIVE_DAILY_RESERVE"),
        unit="API tokens",
    )
    made = Pace(budget=budget)
    made.limit(CALLS, FIRST_CALLS, WINDOW_SECONDS)
    return made


def observe(answer: Answer, pace: Pace) -> None:
    """Take the limits that an answer states."""
    limit, left = number(answer, TOKENS), number(answer, TOKENS_LEFT)
    if pace.budget is not None and limit is not None and left is not None:
        pace.budget.says(limit, limit - left)
    most, remaining = number(answer, "x-ratelimit-limit"), number(answer, "x-ratelimit-remaining")
    if not most:
        return
    pace.limit(CALLS, most, WINDOW_SECONDS)
    if remaining is not None:
        pace.used(CALLS, most - remaining)


def number(answer: Answer, name: str) -> int | None:
    try:
        return int(answer.headers.get(name, ""))
    except ValueError:
        return None
