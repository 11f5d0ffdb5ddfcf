"""What people do: how much, with whom, and whether in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.leads import OUTBOUND, customers
from tests.oracle.periods import GRAINS, WEEK_AND_LONG, Calendar, Period
from tests.oracle.places import of_activity, of_owner
from tests.oracle.records import Activity, World
from tests.oracle.tally import TOTAL, Durations, Place, Row, Sheet, ratio, row
from tests.oracle.working_days import working_days

OURS = (*OUTBOUND, "note", "task")  # an e-mail that came in is nobody's work
_MILLISECONDS_PER_HOUR = 3_600_000


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    done = Sheet(calendar, "activities_completed", "sum")
    for activity, day in completed(world, calendar):
        done.add(day, of_activity(world, activity), 1)
    yield from done.rows()
    yield from _per_working_day(world, calendar)
    yield from _follow_ups(world, calendar)
    yield from _tasks(world, calendar)


def completed(world: World, calendar: Calendar) -> list[tuple[Activity, date]]:
    return [
        (each, calendar.day(each.completed_at))
        for each in world.activities
        if each.kind in OURS and each.completed_at is not None
    ]


def _per_working_day(world: World, calendar: Calendar) -> Iterator[Row]:
    done: dict[tuple[Period, Place], int] = defaultdict(int)
    active: dict[tuple[Period, Place], set[str]] = defaultdict(set)
    for activity, day in completed(world, calendar):
        for period in calendar.of(day, WEEK_AND_LONG):
            for place in of_owner(world, activity.owner):
                done[period, place] += 1
                if activity.owner is not None:
                    active[period, place].add(activity.owner)
    for period in calendar.periods(*WEEK_AND_LONG):
        done.setdefault((period, TOTAL), 0)
    for (period, place), count in done.items():
        days = sum(
            working_days(world, owner, period.start, period.measured_on)
            for owner in active.get((period, place), ())
        )
        value = ratio(count, days)
        yield row("activities_per_working_day", period, place, count, days, value, None, ("n",))


def _follow_ups(world: World, calendar: Calendar) -> Iterator[Row]:
    sheet = Sheet(calendar, "follow_ups", "sum")
    known = customers(world)
    reached: dict[tuple[Period, Place], set[int]] = defaultdict(set)
    for activity, day in completed(world, calendar):
        if activity.kind not in OUTBOUND:
            continue
        if not known.has_bought(activity.account, day) and not _is_on_open_deal(world, activity):
            continue
        places = of_activity(world, activity)
        sheet.add(day, places, 1)
        if activity.account is not None:
            for period in calendar.of(day):
                for place in places:
                    reached[period, place].add(activity.account)
    yield from sheet.rows()
    for period in calendar.periods(*GRAINS):
        reached.setdefault((period, TOTAL), set())
    for (period, place), accounts in reached.items():
        count = len(accounts)
        yield row("customers_followed_up", period, place, count, None, count, count)


def _is_on_open_deal(world: World, activity: Activity) -> bool:
    deal = world.deals.get(activity.deal) if activity.deal is not None else None
    if deal is None or activity.completed_at is None:
        return False
    version = deal.at(activity.completed_at)
    return version is not None and version.is_open


def _tasks(world: World, calendar: Calendar) -> Iterator[Row]:
    on_time = Sheet(calendar, "task_on_time_rate", "ratio")
    hours = Durations(calendar, "task_completion_hours")
    for task in world.activities:
        if task.kind != "task":
            continue
        places = of_owner(world, task.owner)
        done_on = calendar.day(task.completed_at) if task.completed_at else None
        if task.due_at is not None and task.due_at <= world.clock:
            due_on = calendar.day(task.due_at)
            in_time = done_on is not None and done_on <= due_on
            on_time.add(due_on, places, int(in_time), 1)
        if task.completed_at is not None and done_on is not None:
            taken = (task.completed_at - task.created_at) // timedelta(milliseconds=1)
            if taken >= 0:
                hours.add(done_on, places, Fraction(taken, _MILLISECONDS_PER_HOUR))
    yield from on_time.rows()
    yield from hours.rows()
