"""Sales beside the targets of those who have one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.oracle.periods import DAY, LONG, Calendar, Period
from tests.oracle.pipeline import Ends
from tests.oracle.places import of_owner
from tests.oracle.records import Target, World
from tests.oracle.sales import closed_deals
from tests.oracle.tally import TOTAL, Place, Row, ratio, row
from tests.oracle.working_days import business_days, each_working_day


@dataclass
class _Goal:
    """Of one place in one period."""

    target: Decimal = Decimal(0)
    sales: Decimal = Decimal(0)
    prorated: Fraction = Fraction(0)
    projected: Fraction = Fraction(0)
    open: Decimal = Decimal(0)
    n: int = 0


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    goals = _goals(world, calendar)
    _add_open(world, calendar, goals)
    for (period, place), goal in goals.items():
        target, sales, n = goal.target, goal.sales, goal.n
        yield row("target_amount", period, place, target, None, target, None, ("n",))
        yield row("attainment", period, place, sales, target, ratio(sales, target), n)
        to_date = ratio(sales, goal.prorated)
        yield row("attainment_to_date", period, place, sales, goal.prorated, to_date, None, ("n",))
        pace = ratio(goal.projected, target)
        yield row("pacing", period, place, goal.projected, target, pace, None, ("n",))
        lacks = target - sales
        covered = ratio(goal.open, lacks) if lacks > 0 else None
        yield row(
            "pipeline_coverage", period, place, goal.open, lacks if lacks > 0 else None, covered,
            None, ("n",),
        )  # fmt: skip


def _goals(world: World, calendar: Calendar) -> dict[tuple[Period, Place], _Goal]:
    sold = _sold(world)
    found: dict[tuple[Period, Place], _Goal] = {
        (period, TOTAL): _Goal() for period in calendar.periods(*LONG)
    }
    for target in world.targets:
        base = _asked(world, target)
        if base is None:
            continue
        sales = sum(
            (amount for day, amount in sold[target.owner] if target.start <= day < target.end),
            Decimal(0),
        )
        for period in calendar.of(target.start, LONG):
            gone, whole = _days(world, period)
            for place in of_owner(world, target.owner):
                goal = found.setdefault((period, place), _Goal())
                goal.target += base
                goal.sales += sales
                goal.n += 1
                if whole:
                    goal.prorated += Fraction(base) * gone / whole
                if gone:
                    goal.projected += Fraction(sales) * whole / gone
    return found


def _asked(world: World, target: Target) -> Decimal | None:
    """Dealt out over the owner's working days to the cent: each day asks for its day's amount."""
    changes = dict(target.later)
    days = list(each_working_day(world, target.owner, target.start, target.end - DAY))
    base = world.rates.base(target.amount, target.currency, target.start)
    if base is None or not changes:
        return base
    found, gone, day = Decimal(0), 0, target.start
    while day < target.end:
        if day in changes:
            base = world.rates.base(changes[day], target.currency, target.start) or Decimal(0)
        if day in days:
            found += _cents(base * (gone + 1) / len(days)) - _cents(base * gone / len(days))
            gone += 1
        day += DAY
    return found


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _sold(world: World) -> dict[str, list[tuple[date, Decimal]]]:
    found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for each in closed_deals(world):
        owner = each.deal.credited
        if each.deal.is_won and owner is not None and each.base is not None:
            found[owner].append((each.on, each.base))
    return found


def _days(world: World, period: Period) -> tuple[int, int]:
    """Gone by, and of the whole period. Nobody says that a target has its owner's calendar."""
    gone = business_days(world, period.start, period.measured_on)
    return gone, business_days(world, period.start, period.end - DAY)


def _add_open(world: World, calendar: Calendar, goals: dict[tuple[Period, Place], _Goal]) -> None:
    """Of the owners with a target in the period: open at its end, and due to close in it."""
    having = {
        (period, target.owner)
        for target in world.targets
        for period in calendar.of(target.start, LONG)
    }
    ends = Ends(calendar, LONG)
    for deal in world.deals.values():
        for periods, version in ends.open(deal):
            if version.close_on is None or version.owner is None:
                continue
            base = world.rates.base(version.amount, deal.currency, periods[0].measured_on)
            for period in periods:
                if period.holds(version.close_on) and (period, version.owner) in having:
                    for place in of_owner(world, version.owner):
                        goals[period, place].open += base or Decimal(0)
