"""The story's calendar: when it starts, which zone its business days are in, which month is empty."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIMEZONE = "America/Sao_Paulo"
ZONE = ZoneInfo(TIMEZONE)
# Brazil gave up daylight saving in 2019, so the story's whole range has one offset.
OFFSET = timedelta(hours=-3)

STORY_START = datetime(2023, 11, 1, 3, 0, tzinfo=UTC)
DEFAULT_NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
PLANNED_UNTIL = date(2031, 1, 1)  # targets, rates and campaigns are laid out up to here

# The month in which the company changed its systems: nobody became a lead, nothing was closed.
EMPTY_MONTH = date(2024, 2, 1)


def business_day(instant: datetime) -> date:
    return (instant + OFFSET).date()


def midnight(day: date) -> datetime:
    """The instant at which a business day begins."""
    return datetime.combine(day, time(), tzinfo=UTC) - OFFSET


def local(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return midnight(day) + timedelta(hours=hour, minutes=minute, seconds=second)


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def months_between(start: date, end: date) -> list[date]:
    """First days of the months from start's month up to, not including, end."""
    found = []
    month = start.replace(day=1)
    while month < end:
        found.append(month)
        month = next_month(month)
    return found


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last day of the month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), next_month(first) - timedelta(days=1))


def working(instant: datetime) -> datetime:
    """The instant itself on a working day, else the same hour of the Monday after."""
    weekday = (instant + OFFSET).weekday()
    return instant + timedelta(days=7 - weekday) if weekday > 4 else instant


def out_of_empty_month(instant: datetime) -> datetime:
    """The instant itself, or, in the empty month, the same hour of a day of the month after."""
    day = business_day(instant)
    if day.replace(day=1) != EMPTY_MONTH:
        return instant
    return working(instant + timedelta(days=31))
