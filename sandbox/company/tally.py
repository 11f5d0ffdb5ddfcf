"""Sums by KPI, period and dimension, and the rows that they become. Decimals all the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from sandbox.company.dates import add_months, months_between, next_month

Number = Decimal | int

GRAINS = ("month", "quarter", "year")
_LENGTHS = {"month": 1, "quarter": 3, "year": 12}
_TEN_PLACES = Decimal("1e-10")


@dataclass(frozen=True)
class TruthRow:
    """One expected value. A ratio has both parts, a sum only the numerator, a percentile neither."""

    kpi_id: str
    period_grain: str
    period_start: date
    dimension: str
    dimension_value: str
    numerator: Number | None
    denominator: Number | None
    value: Number | None
    n: int


@dataclass(frozen=True)
class Period:
    grain: str
    start: date

    @property
    def end(self) -> date:
        """The first day after it."""
        return add_months(self.start, _LENGTHS[self.grain])


@dataclass(frozen=True)
class Kpi:
    """How a KPI's sums become its value: "sum", "ratio" or "percentile"."""

    id: str
    shape: str


@lru_cache(maxsize=8192)
def periods_of(day: date) -> tuple[Period, ...]:
    """The month, quarter and year of a day."""
    return (
        Period("month", day.replace(day=1)),
        Period("quarter", date(day.year, (day.month - 1) // 3 * 3 + 1, 1)),
        Period("year", date(day.year, 1, 1)),
    )


def spine(first: date, last: date) -> list[Period]:
    """Every period of every grain that touches the days from first to last."""
    found: dict[Period, None] = {}
    for month in months_between(first, next_month(last)):
        found.update(dict.fromkeys(periods_of(month)))
    return sorted(found, key=lambda period: (GRAINS.index(period.grain), period.start))


class Tally:
    """Adds up one record after the other; holds sums, never records."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, Period, str, str], list[Number]] = defaultdict(
            lambda: [0, 0, 0]
        )
        self._days: dict[Period, Counter[int]] = defaultdict(Counter)

    def add(
        self,
        kpi: str,
        periods: Iterable[Period],
        dimensions: Iterable[tuple[str, str]] = (),
        *,
        numerator: Number = 0,
        denominator: Number = 0,
        n: int = 1,
    ) -> None:
        places = (("total", "total"), *dimensions)
        for period in periods:
            for dimension, value in places:
                sums = self._sums[kpi, period, dimension, value]
                sums[0] += numerator
                sums[1] += denominator
                sums[2] += n

    def add_duration(self, periods: Iterable[Period], days: int) -> None:
        for period in periods:
            self._days[period][days] += 1

    def rows(self, kpis: Iterable[Kpi], periods: list[Period]) -> Iterator[TruthRow]:
        """A total for every period, also for the empty ones; the rest where something happened."""
        order = {period: position for position, period in enumerate(periods)}
        by_kpi: dict[str, dict[tuple[Period, str, str], list[Number]]] = defaultdict(dict)
        for (kpi_id, period, dimension, value), sums in self._sums.items():
            if period in order:
                by_kpi[kpi_id][period, dimension, value] = sums
        for kpi in kpis:
            found = by_kpi[kpi.id]
            for period in periods:
                found.setdefault((period, "total", "total"), [0, 0, 0])
            for place in sorted(found, key=lambda each: (each[1], each[2], order[each[0]])):
                yield _row(kpi, place, found[place])

    def percentile_rows(
        self, kpi_id: str, share: Fraction, periods: list[Period]
    ) -> Iterator[TruthRow]:
        for period in periods:
            days = self._days[period]
            yield TruthRow(
                kpi_id,
                period.grain,
                period.start,
                "total",
                "total",
                None,
                None,
                percentile(days, share),
                days.total(),
            )


def _row(kpi: Kpi, place: tuple[Period, str, str], sums: list[Number]) -> TruthRow:
    period, dimension, name = place
    numerator, denominator, n = sums
    head = (kpi.id, period.grain, period.start, dimension, name)
    if kpi.shape == "sum":
        return TruthRow(*head, numerator, None, numerator, int(n))
    return TruthRow(*head, numerator, denominator, ratio(numerator, denominator), int(n))


def ratio(numerator: Number, denominator: Number) -> Decimal | None:
    if not denominator:
        return None
    exact = Fraction(numerator) / Fraction(denominator)
    return _decimal(exact)


def percentile(days: Counter[int], share: Fraction) -> Decimal | None:
    """With interpolation between the two nearest values, as `quantile_cont` has it."""
    if not days:
        return None
    position = share * (days.total() - 1)
    below = int(position)
    lower, upper = _nth(days, below), _nth(days, min(below + 1, days.total() - 1))
    return _decimal(lower + (position - below) * (upper - lower))


def _nth(days: Counter[int], index: int) -> int:
    seen = 0
    for value in sorted(days):
        seen += days[value]
        if index < seen:
            return value
    raise IndexError(index)


def _decimal(exact: Fraction) -> Decimal:
    scaled = exact * 10**10
    # Fraction has no rounding away from zero of its own.
    whole = abs(scaled.numerator) * 2 + scaled.denominator
    rounded = whole // (2 * scaled.denominator)
    signed = rounded if scaled >= 0 else -rounded
    return (Decimal(signed) * _TEN_PLACES).quantize(_TEN_PLACES, ROUND_HALF_UP)
