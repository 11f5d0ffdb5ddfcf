"""Sums that become rows. Exact all the way: decimals and fractions, rounded once at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.oracle.periods import GRAINS, Calendar, Period

Number = Decimal | Fraction | int
Place = tuple[str, str]  # dimension and the label of its value

Mature = Callable[[Period, Place], bool]

TOTAL: Place = ("total", "total")
PLACES = 10


@dataclass(frozen=True)
class Row:
    """One expected value. `unsaid` names the fields of which the definition says nothing."""

    kpi_id: str
    period_grain: str
    period_start: date
    dimension: str
    dimension_value: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    n: int | None
    unsaid: frozenset[str] = frozenset()
    is_mature: bool | None = None  # None where the KPI follows no cohort


def rounded(exact: Number | None, places: int = PLACES) -> Decimal | None:
    """Half away from zero, as money is rounded everywhere in the product."""
    if exact is None:
        return None
    if isinstance(exact, int):
        return Decimal(exact)
    if isinstance(exact, Decimal):
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    scaled = Fraction(exact) * 10**places
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def ratio(numerator: Number | None, denominator: Number | None) -> Fraction | None:
    """Null without a denominator, and never an error."""
    if numerator is None or not denominator:
        return None
    return Fraction(numerator) / Fraction(denominator)


def percentile(values: Sequence[Number], share: Fraction) -> Fraction | None:
    """Interpolated between the two nearest values. The values are in order."""
    if not values:
        return None
    position = share * (len(values) - 1)
    below = int(position)
    lower = Fraction(values[below])
    upper = Fraction(values[min(below + 1, len(values) - 1)])
    return lower + (position - below) * (upper - lower)


def row(
    kpi_id: str,
    period: Period,
    place: Place,
    numerator: Number | None,
    denominator: Number | None,
    value: Number | None,
    n: int | None,
    unsaid: Iterable[str] = (),
    is_mature: bool | None = None,
) -> Row:
    return Row(
        kpi_id,
        period.grain,
        period.start,
        *place,
        rounded(numerator),
        rounded(denominator),
        rounded(value),
        n,
        frozenset(unsaid),
        is_mature,
    )


@dataclass
class Motion:
    """How many days it took those who made it. A cohort is mature when nine of ten had made it by
    its age, counted from its last day."""

    today: date
    _days: dict[Place, list[Number]] = field(default_factory=lambda: defaultdict(list))
    _limits: dict[Place, Fraction | None] = field(default_factory=dict)

    def add(self, days: Number, places: Iterable[Place] = (TOTAL,)) -> None:
        for place in places:
            self._days[place].append(days)

    def of_all(self, period: Period, _: Place) -> bool:
        return self.of_place(period, TOTAL)

    def of_place(self, period: Period, place: Place) -> bool:
        if place not in self._limits:
            self._limits[place] = percentile(sorted(self._days[place]), Fraction(9, 10))
        limit = self._limits[place]
        return limit is not None and (self.today - period.end).days + 1 > limit


class Sheet:
    """One KPI by period and place. A total stands in every period, also where nothing happened."""

    def __init__(
        self,
        calendar: Calendar,
        kpi_id: str,
        shape: str,
        grains: tuple[str, ...] = GRAINS,
        unsaid: Iterable[str] = (),
        mature: Mature | None = None,
    ) -> None:
        if shape not in ("sum", "ratio"):
            raise ValueError(shape)
        self.calendar = calendar
        self.kpi_id = kpi_id
        self.shape = shape
        self.grains = grains
        self.unsaid = frozenset(unsaid)
        self.mature = mature
        self._sums: dict[tuple[Period, Place], list[Number]] = defaultdict(lambda: [0, 0, 0])

    def add(
        self,
        when: date | Iterable[Period],
        places: Iterable[Place],
        numerator: Number = 0,
        denominator: Number = 0,
        n: int = 1,
    ) -> None:
        periods = self.calendar.of(when, self.grains) if isinstance(when, date) else list(when)
        for place in places:
            for period in periods:
                sums = self._sums[period, place]
                sums[0] = _plus(sums[0], numerator)
                sums[1] = _plus(sums[1], denominator)
                sums[2] += n

    def rows(self) -> Iterator[Row]:
        for period in self.calendar.periods(*self.grains):
            self._sums.setdefault((period, TOTAL), [0, 0, 0])
        for (period, place), (numerator, denominator, n) in self._sums.items():
            head = (self.kpi_id, period, place)
            mature = None if self.mature is None else self.mature(period, place)
            if self.shape == "sum":
                yield row(*head, numerator, None, numerator, int(n), self.unsaid, mature)
            else:
                value = ratio(numerator, denominator)
                yield row(*head, numerator, denominator, value, int(n), self.unsaid, mature)


class Durations:
    """The mean and its median, 75th and 90th percentile, from values in the unit of the name."""

    def __init__(self, calendar: Calendar, kpi_id: str, grains: tuple[str, ...] = GRAINS) -> None:
        self.calendar = calendar
        self.kpi_id = kpi_id
        self.grains = grains
        self._values: dict[tuple[Period, Place], list[Number]] = defaultdict(list)

    def add(self, when: date, places: Iterable[Place], value: Number) -> None:
        periods = self.calendar.of(when, self.grains)
        for place in places:
            for period in periods:
                self._values[period, place].append(value)

    def rows(self) -> Iterator[Row]:
        for period in self.calendar.periods(*self.grains):
            self._values.setdefault((period, TOTAL), [])
        for (period, place), values in self._values.items():
            total = sum((Fraction(value) for value in values), Fraction(0))
            n = len(values)
            yield row(self.kpi_id, period, place, total, n, ratio(total, n), n)
            yield from spread(self.kpi_id, period, place, values)


def spread(
    kpi_id: str,
    period: Period,
    place: Place,
    values: Sequence[Number],
    shares: Sequence[str] = ("median", "p75", "p90"),
) -> Iterator[Row]:
    ordered = sorted(values)
    for name in shares:
        found = percentile(ordered, _SHARES[name])
        yield row(f"{kpi_id}_{name}", period, place, None, None, found, len(ordered))


_SHARES = {"median": Fraction(1, 2), "p75": Fraction(3, 4), "p90": Fraction(9, 10)}


def _plus(left: Number, right: Number) -> Number:
    """Decimals and fractions do not add; what holds a fraction becomes one."""
    # Not isinstance: it asks the number classes' registries, millions of times.
    if type(left) is Fraction or type(right) is Fraction:
        return Fraction(left) + Fraction(right)
    return left + right
