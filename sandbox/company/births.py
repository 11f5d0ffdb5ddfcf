"""When each life begins: growing, seasonal, with an empty month, at any scale.

Life numbers rise with the instant of birth, so "everybody born by now" is a range of numbers and
nobody has to be remembered. The first numbers are the planted cases, which have dates of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sandbox.company.dates import (
    DEFAULT_NOW,
    EMPTY_MONTH,
    PLANNED_UNTIL,
    STORY_START,
    business_day,
    midnight,
    months_between,
)

# Measured over 40,000 lives: deals that can be seen at the default clock, per ordinary life born by
# then; and the deals of the planted cases, which come on top at every scale.
_DEALS_PER_LIFE = 0.74
_PLANTED_DEALS = 56

_SEASON = (0.85, 0.9, 1.1, 1.0, 1.05, 0.95, 0.9, 1.0, 1.1, 1.15, 1.2, 0.8)
_MONTHLY_GROWTH = 1.015


@dataclass(frozen=True)
class Config:
    """What decides everything: the seed, how many deals there are at the default clock in HubSpot
    and Salesforce, and whether the unit that sells through partners is there, with Pipedrive."""

    seed: int
    deals: int
    has_partners: bool = False


def birth(config: Config, index: int) -> datetime:
    """The nominal birth of the ordinary life with this index, from 0."""
    return birth_among(_lives_at_default(config), index)


def born_by(config: Config, instant: datetime) -> int:
    """How many ordinary lives have begun: indexes 0 up to this."""
    return born_among(_lives_at_default(config), instant)


def birth_among(lives: float, index: int) -> datetime:
    """The same where so many lives have begun at the default clock."""
    return _instant_of((index + 0.5) / lives * _weight_until(DEFAULT_NOW))


def born_among(lives: float, instant: datetime) -> int:
    share = _weight_until(instant) / _weight_until(DEFAULT_NOW)
    return max(0, int(share * lives + 0.5))


def _lives_at_default(config: Config) -> float:
    return max(1.0, (config.deals - _PLANTED_DEALS) / _DEALS_PER_LIFE)


@lru_cache(maxsize=1)
def _cumulative() -> tuple[list[datetime], list[float]]:
    """Starts of months, and the weight of all months before each."""
    months = months_between(business_day(STORY_START), PLANNED_UNTIL)
    totals = [0.0]
    for number, month in enumerate(months):
        weight = 0.0 if month == EMPTY_MONTH else _SEASON[month.month - 1]
        totals.append(totals[-1] + weight * _MONTHLY_GROWTH**number)
    return [midnight(month) for month in [*months, PLANNED_UNTIL]], totals


def _weight_until(instant: datetime) -> float:
    starts, totals = _cumulative()
    month = min(bisect_right(starts, instant), len(starts) - 1) - 1
    if month < 0:
        return 0.0
    share = (instant - starts[month]) / (starts[month + 1] - starts[month])
    return totals[month] + share * (totals[month + 1] - totals[month])


def _instant_of(weight: float) -> datetime:
    starts, totals = _cumulative()
    month = min(bisect_right(totals, weight), len(totals) - 1) - 1
    share = (weight - totals[month]) / (totals[month + 1] - totals[month])
    length = starts[month + 1] - starts[month]
    return starts[month] + timedelta(seconds=int(share * length.total_seconds()))
