"""From stage to stage: who moved on, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from tests.oracle.periods import WEEK_AND_LONG, Calendar
from tests.oracle.pipeline import Ends
from tests.oracle.records import Deal, Stage, World
from tests.oracle.tally import TOTAL, Durations, Motion, Place, Row, Sheet

_MILLISECONDS_PER_DAY = 86_400_000


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    motion = Motion(calendar.today)
    cohort = Sheet(calendar, "stage_conversion_cohort", "ratio", mature=motion.of_place)
    stays = Durations(calendar, "days_in_stage")
    going_on = Sheet(calendar, "open_stage_visits", "sum", WEEK_AND_LONG)
    ends = Ends(calendar, WEEK_AND_LONG)
    for deal in world.deals.values():
        for stage, (entered_at, moved_on_at) in entries(deal).items():
            places = [TOTAL, ("stage", stage.title)]
            cohort.add(calendar.day(entered_at), places, int(moved_on_at is not None), 1)
            if moved_on_at is not None:
                length = _milliseconds(entered_at, moved_on_at)
                motion.add(Fraction(length, _MILLISECONDS_PER_DAY), places)
        for stay in deal.stays:
            if stay.stage.is_closed:
                continue
            places = _places(stay.stage)
            if stay.left_at is not None:
                length = _milliseconds(stay.entered_at, stay.left_at)
                if length >= 0:
                    days = Fraction(length, _MILLISECONDS_PER_DAY)
                    stays.add(calendar.day(stay.left_at), places, days)
            for periods in ends.within(stay.entered_at, stay.left_at):
                going_on.add(periods, places, 1)
    yield from cohort.rows()
    yield from stays.rows()
    yield from going_on.rows()


def _places(stage: Stage) -> list[Place]:
    return [TOTAL, ("stage", stage.title), ("pipeline", stage.pipeline)]


def entries(deal: Deal) -> dict[Stage, tuple[datetime, datetime | None]]:
    """First entries into open stages, and when the deal went further afterwards, if it did.

    A listed stage that the deal jumped over counts as entered, and as passed, at the jump.
    """
    found: dict[Stage, tuple[datetime, datetime | None]] = {}
    came_from: Stage | None = None
    for position, stay in enumerate(deal.stays):
        for skipped in _jumped_over(deal, came_from, stay.stage):
            found.setdefault(skipped, (stay.entered_at, stay.entered_at))
        if not stay.stage.is_closed and stay.stage not in found:
            later = deal.stays[position + 1 :]
            advances = (each.entered_at for each in later if is_further(stay.stage, each.stage))
            found[stay.stage] = (stay.entered_at, next(advances, None))
        came_from = stay.stage
    return found


def _jumped_over(deal: Deal, came_from: Stage | None, to: Stage) -> list[Stage]:
    is_lost = to.is_closed and not to.is_won
    if is_lost or to.order is None or (came_from is not None and came_from.order is None):
        return []
    least = -1 if came_from is None or came_from.order is None else came_from.order
    return [
        stage
        for stage in deal.stages
        if not stage.is_closed and stage.order is not None and least < stage.order < to.order
    ]


def is_further(stage: Stage, later: Stage) -> bool:
    """From a stage that has lost its place every other one is further, but for lost."""
    if later.is_closed:
        return later.is_won
    if stage.order is None:
        return later != stage
    return later.order is not None and later.order > stage.order


def _milliseconds(start: datetime, end: datetime) -> int:
    elapsed = end - start
    return (elapsed.days * 86_400 + elapsed.seconds) * 1000 + elapsed.microseconds // 1000
