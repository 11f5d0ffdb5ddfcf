"""The calendar of the KPIs: periods of five grains, in the zone where the business is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

GRAINS = ("day", "week", "month", "quarter", "year")
LONG = ("month", "quarter", "year")  # what the contract of some KPIs is limited to
WEEK_AND_LONG = ("week", *LONG)

DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, eq=False)  # a calendar makes each period once
class Period:
    """`measured_at` is its end, or the clock while it goes on; `measured_on` the day before that."""

    grain: str
    start: date
    end: date
    start_at: datetime
    end_at: datetime
    measured_at: datetime
    measured_on: date

    @property
    def is_complete(self) -> bool:
        return self.measured_at == self.end_at

    @property
    def day_before(self) -> date:
        return self.start - DAY

    def holds(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass
class Calendar:
    """Periods from the month of `first` to those in which the clock stands."""

    first: date
    clock: datetime
    zone: ZoneInfo
    fiscal_start: int = 1
    _spine: dict[str, dict[date, Period]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        day = min(self.first, self.today).replace(day=1)
        for grain in GRAINS:
            self._spine[grain] = {}
        while day <= self.today:
            for grain in GRAINS:
                start = self.start(grain, day)
                if start not in self._spine[grain]:
                    self._spine[grain][start] = self._period(grain, start)
            day += DAY

    @property
    def today(self) -> date:
        return self.day(self.clock)

    def day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def start(self, grain: str, day: date) -> date:
        return period_start(grain, day, self.fiscal_start)

    def periods(self, *grains: str) -> list[Period]:
        return [period for grain in grains for period in self._spine[grain].values()]

    def of(self, day: date, grains: tuple[str, ...] = GRAINS) -> list[Period]:
        """The periods of the spine that hold the day."""
        found = (self._spine[grain].get(self.start(grain, day)) for grain in grains)
        return [period for period in found if period is not None]

    def _period(self, grain: str, start: date) -> Period:
        end = period_end(grain, start)
        end_at = self.midnight(end)
        measured_at = min(end_at, self.clock)
        measured_on = self.day(measured_at - timedelta(milliseconds=1))
        return Period(grain, start, end, self.midnight(start), end_at, measured_at, measured_on)


@lru_cache(maxsize=1 << 16)
def period_start(grain: str, day: date, fiscal_start: int) -> date:
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    into = (day.month - fiscal_start) % _MONTHS[grain]
    return _add_months(day.replace(day=1), -into)


def period_end(grain: str, start: date) -> date:
    if grain in ("day", "week"):
        return start + timedelta(days=1 if grain == "day" else 7)
    return _add_months(start, _MONTHS[grain])


def _add_months(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
