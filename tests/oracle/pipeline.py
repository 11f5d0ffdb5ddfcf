"""What is open at the end of each period, as it was then, and what was begun in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from tests.oracle.periods import GRAINS, Calendar, Period
from tests.oracle.places import of_deal
from tests.oracle.records import Deal, Version, World
from tests.oracle.tally import Row, Sheet, rounded


class Ends:
    """The periods by the instant at which they are measured."""

    def __init__(self, calendar: Calendar, grains: tuple[str, ...]) -> None:
        found: dict[datetime, list[Period]] = {}
        for period in calendar.periods(*grains):
            found.setdefault(period.measured_at, []).append(period)
        self._instants = sorted(found)
        self._periods = found

    def open(self, deal: Deal) -> Iterator[tuple[list[Period], Version]]:
        """The ends just before which the deal was open, with how it stood."""
        for version in deal.versions:
            if version.is_open:
                yield from ((each, version) for each in self.within(version.start, version.end))

    def within(self, start: datetime, end: datetime | None) -> Iterator[list[Period]]:
        """Ends after the start, up to and including the end: just before them it held."""
        first = bisect_right(self._instants, start)
        last = len(self._instants) if end is None else bisect_right(self._instants, end)
        return (self._periods[instant] for instant in self._instants[first:last])

    def after(self, instant: datetime) -> Iterator[list[Period]]:
        first = bisect_left(self._instants, instant)
        return (self._periods[each] for each in self._instants[first:])


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    count = Sheet(calendar, "open_pipeline_count", "sum")
    amount = Sheet(calendar, "open_pipeline", "sum")
    weighted = Sheet(calendar, "weighted_pipeline", "sum")
    created_count = Sheet(calendar, "pipeline_created_count", "sum")
    created = Sheet(calendar, "pipeline_created", "sum")
    ends = Ends(calendar, GRAINS)
    for deal in world.deals.values():
        for periods, version in ends.open(deal):
            places = of_deal(world, deal, version.owner)
            base = world.rates.base(version.amount, deal.currency, periods[0].measured_on)
            count.add(periods, places, 1)
            amount.add(periods, places, base or Decimal(0), n=int(base is not None))
            probability = version.stage.probability
            if base is not None and probability is not None:
                product = rounded(Fraction(base) * Fraction(probability))
                weighted.add(periods, places, product or Decimal(0))
        if deal.created_at >= world.clock:
            continue
        places = of_deal(world, deal, deal.versions[0].owner)
        first = next((each.amount for each in deal.versions if each.amount is not None), None)
        base = world.rates.base(first, deal.currency, deal.created_on)
        created_count.add(deal.created_on, places, 1)
        created.add(deal.created_on, places, base or Decimal(0), n=int(base is not None))
    for sheet in (count, amount, weighted, created_count, created):
        yield from sheet.rows()
