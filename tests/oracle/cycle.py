"""How long deals and customers take, and the speed at which deals become sales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.periods import GRAINS, Calendar, Period
from tests.oracle.pipeline import Ends
from tests.oracle.places import of_account, of_movement
from tests.oracle.records import World
from tests.oracle.sales import Closed, closed_deals, purchases
from tests.oracle.tally import TOTAL, Durations, Place, Row, ratio, rounded, row

TRAILING = timedelta(days=90)


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    won = Durations(calendar, "sales_cycle_days")
    lost = Durations(calendar, "loss_cycle_days")
    for each in closed_deals(world):
        days = _cycle(each)
        if days is not None:
            (won if each.deal.is_won else lost).add(each.on, each.places, days)
    yield from won.rows()
    yield from lost.rows()
    yield from _journeys(world, calendar)
    yield from _velocity(world, calendar)


def _cycle(each: Closed) -> int | None:
    """A close before the creation is an error of the data, and no duration."""
    days = (each.on - each.deal.created_on).days
    return days if days >= 0 else None


def _journeys(world: World, calendar: Calendar) -> Iterator[Row]:
    contacts: dict[int, list[date]] = defaultdict(list)
    for person in world.people.values():
        if person.account is not None:
            seen = [at for at in (person.created_at, person.lead_at) if at is not None]
            contacts[person.account] += map(calendar.day, seen)
    for deal in world.deals.values():
        if deal.account is not None:
            contacts[deal.account].append(deal.created_on)
    for activity in world.activities:
        if activity.account is not None and activity.completed_at is not None:
            contacts[activity.account].append(calendar.day(activity.completed_at))
    journeys = Durations(calendar, "customer_journey_days")
    for account, bought in purchases(world).items():
        days = (bought[0].on - min(contacts[account])).days
        if days >= 0:
            journeys.add(bought[0].on, of_account(world, account), days)
    yield from journeys.rows()


@dataclass
class _Window:
    """What was closed in the trailing days, of one population."""

    won: int = 0
    lost: int = 0
    priced: int = 0
    amount: Decimal = Decimal(0)
    cycles: int = 0
    days: int = 0


@dataclass
class _Closings:
    by_place: dict[Place, list[Closed]] = field(default_factory=lambda: defaultdict(list))

    def window(self, place: Place, last: date) -> _Window:
        found = _Window()
        for each in self.by_place.get(place, ()):
            if not last - TRAILING < each.on <= last:
                continue
            if not each.deal.is_won:
                found.lost += 1
                continue
            found.won += 1
            if each.base is not None and each.is_priced:
                found.priced += 1
                found.amount += each.base
            days = _cycle(each)
            if days is not None:
                found.cycles += 1
                found.days += days
        return found


def _velocity(world: World, calendar: Calendar) -> Iterator[Row]:
    closings = _Closings()
    for each in closed_deals(world):
        for place in of_movement(world, each.deal, each.deal.credited):
            closings.by_place[place].append(each)
    open_deals: dict[tuple[Period, Place], int] = defaultdict(int)
    ends = Ends(calendar, GRAINS)
    for deal in world.deals.values():
        for periods, version in ends.open(deal):
            for place in of_movement(world, deal, version.owner):
                for period in periods:
                    open_deals[period, place] += 1
    known: dict[tuple[Place, date], _Window] = {}
    for period in calendar.periods(*GRAINS):
        for place in {TOTAL, *closings.by_place}:
            key = (place, period.measured_on)
            if key not in known:
                known[key] = closings.window(*key)
            yield _speed(period, place, open_deals[period, place], known[key])


def _speed(period: Period, place: Place, count: int, window: _Window) -> Row:
    size = ratio(window.amount, window.priced)
    rate = ratio(window.won, window.won + window.lost)
    cycle = ratio(window.days, window.cycles)
    kpi_id = "sales_velocity"
    if size is None or rate is None or not cycle:
        # Which part is missing shows in none of the fields that have a meaning.
        unsaid = ("numerator", "denominator")
        return row(kpi_id, period, place, None, None, None, window.won, unsaid)
    product = Fraction(rounded(count * size * rate) or 0)
    return row(kpi_id, period, place, product, cycle, product / cycle, window.won)
