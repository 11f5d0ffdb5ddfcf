"""Tickets and returns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.cycle import TRAILING
from tests.oracle.periods import GRAINS, LONG, Calendar
from tests.oracle.pipeline import Ends
from tests.oracle.places import of_country
from tests.oracle.records import Ticket, World
from tests.oracle.sales import closed_deals
from tests.oracle.tally import Durations, Place, Row, Sheet

_HOUR = 3_600_000


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    yield from _complaints(world, calendar)
    yield from _returns(world, calendar)
    first = Durations(calendar, "first_response_hours")
    resolution = Durations(calendar, "resolution_hours")
    backlog = Sheet(calendar, "ticket_backlog", "sum")
    ends = Ends(calendar, GRAINS)
    for ticket in world.tickets:
        places = _places(world, ticket)
        reply = ticket.first_reply_at
        if reply is not None and reply >= ticket.opened_at:
            hours = _hours(reply - ticket.opened_at)
            first.add(calendar.day(ticket.opened_at), places, hours)
        closed = ticket.closed_at
        if closed is not None and closed >= ticket.opened_at:
            resolution.add(calendar.day(closed), places, _hours(closed - ticket.opened_at))
        for periods in ends.within(ticket.opened_at, closed):
            backlog.add(periods, places, 1)
    yield from first.rows()
    yield from resolution.rows()
    yield from backlog.rows()


def _places(world: World, ticket: Ticket) -> list[Place]:
    return [*of_country(world, ticket.account), ("source_system", ticket.source_system)]


def _hours(elapsed: timedelta) -> Fraction:
    return Fraction(elapsed // timedelta(milliseconds=1), _HOUR)


def _complaints(world: World, calendar: Calendar) -> Iterator[Row]:
    sheet = Sheet(calendar, "complaint_rate", "ratio", LONG, unsaid=("n",))
    for ticket in world.tickets:
        if ticket.category == "complaint":
            day = calendar.day(ticket.opened_at)
            sheet.add(day, of_country(world, ticket.account), 1, 0)
    for each in closed_deals(world):
        if each.deal.is_won:
            trailing = [
                period
                for period in calendar.periods(*LONG)
                if period.measured_on - TRAILING < each.on <= period.measured_on
            ]
            sheet.add(trailing, of_country(world, each.deal.account), 0, 1)
    yield from sheet.rows()


def _returns(world: World, calendar: Calendar) -> Iterator[Row]:
    """A cohort of sales: what was sold in the period, and came back up to the clock."""
    count = Sheet(calendar, "return_rate", "ratio", LONG)
    value = Sheet(calendar, "return_value_rate", "ratio", LONG, unsaid=("n",))
    back = _returned(world, calendar)
    for order in world.orders:
        if order.is_return:
            continue
        places = of_country(world, order.account)
        count.add(order.ordered_on, places, int(order.key in back), 1)
        sold = world.rates.base(order.amount, order.currency, order.ordered_on)
        if sold is not None:
            value.add(order.ordered_on, places, back.get(order.key, Decimal(0)), sold)
    yield from count.rows()
    yield from value.rows()


def _returned(world: World, calendar: Calendar) -> dict[int, Decimal]:
    """What came back of each order. A sheet speaks where the CRM says nothing: nothing comes back
    twice."""
    by_number = {order.number: order.key for order in world.orders if not order.is_return}
    found: dict[int, Decimal] = {}
    for order in world.orders:
        if order.is_return and order.original is not None and order.ordered_on <= calendar.today:
            base = world.rates.base(order.amount, order.currency, order.ordered_on)
            found[order.original] = found.get(order.original, Decimal(0)) + abs(base or 0)
    told = set(found)
    for each in world.returns:
        key = by_number.get(each.number)
        if key is not None and key not in told and each.returned_on <= calendar.today:
            base = world.rates.base(each.amount, each.currency, each.returned_on)
            found[key] = found.get(key, Decimal(0)) + abs(base or 0)
    return found
