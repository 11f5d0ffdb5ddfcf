"""Monday to Friday less the public holidays of the owner's country."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import holidays

from tests.oracle.records import World


def working_days(world: World, owner: str | None, first: date, last: date) -> int:
    """How many from the first day to the last, both counted."""
    return sum(1 for _ in each_working_day(world, owner, first, last))


def business_days(world: World, first: date, last: date) -> int:
    """By the calendar of the business itself."""
    return sum(is_working_day(world.country, day) for day in days(first, last))


def each_working_day(world: World, owner: str | None, first: date, last: date) -> Iterator[date]:
    country = world.countries.get(owner or "", world.country)
    return (day for day in days(first, last) if is_working_day(country, day))


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


@lru_cache(maxsize=1 << 14)
def is_working_day(country: str, day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(country, day.year)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year)
