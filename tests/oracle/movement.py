"""Deals that slip, are put off, or stand still."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from tests.oracle.periods import WEEK_AND_LONG, Calendar, Period
from tests.oracle.pipeline import Ends
from tests.oracle.places import of_movement
from tests.oracle.records import Deal, Stage, World
from tests.oracle.tally import Row, Sheet, percentile


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    yield from _pushes(world, calendar)
    yield from _slippage(world, calendar)
    yield from _stalled(world, calendar)


def pushes(deal: Deal) -> list[datetime]:
    """When the close date went to a later month, while the deal was open and had been."""
    found = []
    for before, after in pairwise(deal.versions):
        if before.is_open and after.is_open and before.close_on and after.close_on:
            was, is_now = before.close_on, after.close_on
            if (is_now.year, is_now.month) > (was.year, was.month):
                found.append(after.start)
    return found


def _pushes(world: World, calendar: Calendar) -> Iterator[Row]:
    sheet = Sheet(calendar, "push_rate", "ratio")
    for deal in world.deals.values():
        places = of_movement(world, deal, deal.credited)
        moved = pushes(deal)
        spells = [(each.start, each.end) for each in deal.versions if each.is_open]
        open_in: dict[Period, bool] = {}
        for start, end in spells:
            for period in _touched(calendar, start, end):
                open_in[period] = any(period.start_at <= at < period.measured_at for at in moved)
        for period, is_pushed in open_in.items():
            sheet.add([period], places, int(is_pushed), 1)
    yield from sheet.rows()


def _touched(calendar: Calendar, start: datetime, end: datetime | None) -> Iterator[Period]:
    """Periods that share an instant with what holds from the start until before the end."""
    last = calendar.clock if end is None else end
    day = calendar.day(start)
    seen = set()
    while day <= calendar.day(last):
        for period in calendar.of(day):
            is_over = end is not None and end <= period.start_at
            if period not in seen and start < period.measured_at and not is_over:
                seen.add(period)
                yield period
        day = min((each.end for each in calendar.of(day, ("day",))), default=calendar.today)
        if day > calendar.today:
            return


def _slippage(world: World, calendar: Calendar) -> Iterator[Row]:
    sheet = Sheet(calendar, "slippage_rate", "ratio", WEEK_AND_LONG)
    for deal in world.deals.values():
        places = of_movement(world, deal, deal.credited)
        for period in calendar.periods(*WEEK_AND_LONG):
            before = deal.just_before(period.start_at)
            if before is None or not before.is_open or before.close_on is None:
                continue
            if not period.holds(before.close_on):
                continue
            base = world.rates.base(before.amount, deal.currency, period.day_before)
            if base is None or base <= 0:
                continue
            after = deal.just_before(period.measured_at)
            slipped = (
                after is not None
                and after.is_open
                and after.close_on is not None
                and after.close_on >= period.end
            )
            sheet.add([period], places, base * slipped, base)
    yield from sheet.rows()


@dataclass(frozen=True)
class _Patience:
    """How long three of four stays in a stage take, in seconds."""

    by_stage: dict[Stage, Fraction | None]

    def is_over(self, stage: Stage, seconds: Fraction) -> bool:
        limit = self.by_stage.get(stage)
        return limit is not None and seconds > limit


def patience(world: World) -> _Patience:
    lengths: dict[Stage, list[Fraction]] = defaultdict(list)
    for deal in world.deals.values():
        for stay in deal.stays:
            if stay.left_at is not None and stay.left_at < world.clock:
                lengths[stay.stage].append(_seconds(stay.entered_at, stay.left_at))
    return _Patience(
        {stage: percentile(sorted(each), Fraction(3, 4)) for stage, each in lengths.items()}
    )


def _stalled(world: World, calendar: Calendar) -> Iterator[Row]:
    sheet = Sheet(calendar, "stalled_pipeline_share", "ratio", WEEK_AND_LONG)
    limits = patience(world)
    touches: dict[int, list[datetime]] = defaultdict(list)
    for activity in world.activities:
        if activity.deal is not None and activity.completed_at is not None:
            touches[activity.deal].append(activity.completed_at)
    ends = Ends(calendar, WEEK_AND_LONG)
    for deal in world.deals.values():
        for periods, version in ends.open(deal):
            end, day = periods[0].measured_at, periods[0].measured_on
            base = world.rates.base(version.amount, deal.currency, day)
            if base is None or base <= 0:
                continue
            entered = [stay.entered_at for stay in deal.stays if stay.entered_at < end]
            done = [at for at in touches[deal.key] if at < end]
            last = max([deal.created_at, entered[-1], *done])
            is_late = version.close_on is not None and version.close_on < day
            stands = limits.is_over(version.stage, _seconds(last, end)) or is_late
            places = of_movement(world, deal, deal.credited)
            sheet.add(periods, places, base * stands, base)
    yield from sheet.rows()


def _seconds(start: datetime, end: datetime) -> Fraction:
    elapsed = end - start
    return Fraction(elapsed.days * 86_400 + elapsed.seconds) + Fraction(
        elapsed.microseconds, 1_000_000
    )
