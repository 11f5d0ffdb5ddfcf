"""Reps: their accounts, their engagement, how well they keep records, how fast they become good."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.activities import completed
from tests.oracle.customers import portfolio
from tests.oracle.periods import GRAINS, WEEK_AND_LONG, Calendar, Period
from tests.oracle.places import of_owner
from tests.oracle.records import Deal, World
from tests.oracle.sales import closed_deals
from tests.oracle.tally import TOTAL, Place, Row, Sheet, percentile, ratio, row
from tests.oracle.working_days import each_working_day

NORM = 3  # activities of a day
ENGAGED_SHARE = Fraction(4, 5)
INACTIVE = timedelta(days=30)
WEIGHTS = {
    "overdue": Fraction(30, 100),
    "no_amount": Fraction(20, 100),
    "no_next_step": Fraction(15, 100),
    "no_contact": Fraction(15, 100),
    "inactive": Fraction(20, 100),
}


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    yield from _accounts(world, calendar)
    yield from _participation(world, calendar)
    yield from _hygiene(world, calendar)
    yield from _ramp(world, calendar)


def _accounts(world: World, calendar: Calendar) -> Iterator[Row]:
    known = portfolio(world)
    owned: dict[tuple[Period, Place], Counter[str]] = defaultdict(Counter)
    for period in calendar.periods(*WEEK_AND_LONG):
        owned[period, TOTAL].update(())
        for key in known.accounts & world.accounts.keys():
            owner = world.accounts[key].owner
            if owner is not None and known.is_active(key, period.measured_on):
                for place in of_owner(world, owner):
                    owned[period, place][owner] += 1
    for (period, place), owners in owned.items():
        count, reps = owners.total(), len(owners)
        yield row("accounts_per_rep", period, place, count, reps, ratio(count, reps), None, ("n",))


def _participation(world: World, calendar: Calendar) -> Iterator[Row]:
    by_day: dict[tuple[str, date], int] = Counter()
    active: dict[Period, set[str]] = defaultdict(set)
    for activity, day in completed(world, calendar):
        if activity.owner is not None:
            by_day[activity.owner, day] += 1
            for period in calendar.of(day, WEEK_AND_LONG):
                active[period].add(activity.owner)
    sheet = Sheet(calendar, "participation_rate", "ratio", WEEK_AND_LONG)
    for period, owners in active.items():
        for owner in owners:
            days = list(each_working_day(world, owner, period.start, period.measured_on))
            engaged = sum(1 for day in days if by_day.get((owner, day), 0) >= NORM)
            takes_part = engaged >= ENGAGED_SHARE * len(days)
            places = [TOTAL, of_owner(world, owner)[2]]
            sheet.add([period], places, int(takes_part), 1)
    yield from sheet.rows()


def _hygiene(world: World, calendar: Calendar) -> Iterator[Row]:
    """Today's open deals of today's owners; the past has an empty total and nothing else."""
    current = [period for period in calendar.periods(*GRAINS) if not period.is_complete]
    touched = {
        activity.deal
        for activity in world.activities
        if activity.completed_at is not None
        and calendar.today - INACTIVE < calendar.day(activity.completed_at) <= calendar.today
    }
    found: dict[Place, list[Fraction]] = defaultdict(list)
    found[TOTAL] = []
    for deal in world.deals.values():
        if deal.last.is_open:
            missing = defects(deal, calendar.today, is_touched=deal.key in touched)
            weight = sum((WEIGHTS[name] for name in missing), Fraction(0))
            for place in of_owner(world, deal.last.owner):
                found[place].append(weight)
    for period in calendar.periods(*GRAINS):
        if period.is_complete:
            yield row("hygiene_score", period, TOTAL, 0, 0, None, 0)
    for period in current:
        for place, weights in found.items():
            count = len(weights)
            good = count - sum(weights, Fraction(0))
            yield row("hygiene_score", period, place, good, count, ratio(good, count), count)


def defects(deal: Deal, today: date, *, is_touched: bool) -> set[str]:
    last = deal.last
    is_old = deal.created_on <= today - INACTIVE
    found = {
        "overdue": last.close_on is not None and last.close_on < today,
        "no_amount": last.amount is None,
        "no_next_step": not deal.next_step,
        "no_contact": deal.primary is None,
        "inactive": is_old and not is_touched,
    }
    return {name for name, holds in found.items() if holds}


def _ramp(world: World, calendar: Calendar) -> Iterator[Row]:
    """Against those who started earlier, at the same age in months."""
    started: dict[str, date] = {}
    sold: dict[str, Counter[date]] = defaultdict(Counter)
    for activity, day in completed(world, calendar):
        if activity.owner is not None:
            _begin(started, activity.owner, day)
    for each in closed_deals(world):
        owner = each.deal.credited
        if each.deal.is_won and owner is not None:
            _begin(started, owner, each.on)
            sold[owner][each.on.replace(day=1)] += each.base or Decimal(0)
    months = calendar.periods("month")
    paths = {
        owner: _cumulative([period for period in months if period.start >= begun], sold[owner])
        for owner, begun in started.items()
    }
    for owner, begun in started.items():
        for age, (period, total) in enumerate(paths[owner]):
            peers = [
                paths[other][age][1]
                for other, other_begun in started.items()
                if other_begun < begun and len(paths[other]) > age
            ]
            if len(peers) >= 2:
                median = percentile(sorted(peers), Fraction(1, 2))
                value = ratio(total, median)
                place = ("owner", owner)
                yield row("ramp_attainment", period, place, total, median, value, None, ("n",))


def _begin(started: dict[str, date], owner: str, day: date) -> None:
    month = day.replace(day=1)
    started[owner] = min(month, started.get(owner, month))


def _cumulative(months: list[Period], sold: Counter[date]) -> list[tuple[Period, Decimal]]:
    total = Decimal(0)
    found = []
    for period in months:
        total += sold.get(period.start, Decimal(0))
        found.append((period, total))
    return found
