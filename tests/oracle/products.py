"""What is in the won deals: discounts, units, pairs of products."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from tests.oracle.periods import GRAINS, Calendar, Period
from tests.oracle.places import of_account
from tests.oracle.records import Line, World
from tests.oracle.sales import closed_deals
from tests.oracle.tally import TOTAL, Place, Row, Sheet, ratio, row

ENOUGH_DEALS = 5


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    # Nothing says how many of what stands behind a discount or a number of units.
    discount = Sheet(calendar, "discount_rate", "ratio")
    unlisted = Sheet(calendar, "lines_without_list_price", "sum")
    for each in closed_deals(world):
        if not each.deal.is_won:
            continue
        for line in each.deal.lines:
            family: Place = ("product_family", line.family)
            if line.list_price is None:
                unlisted.add(each.on, [*each.places, family], 1)
                continue
            if line.net is None:
                continue
            currency = each.deal.currency
            full = world.rates.base(line.list_price * line.quantity, currency, each.on)
            net = world.rates.base(line.net, currency, each.on)
            if full is not None and net is not None:
                places = [*each.places, family, ("product", line.product)]
                discount.add(each.on, places, full - net, full)
    yield from discount.rows()
    yield from unlisted.rows()
    yield from _units(world, calendar)
    yield from _pairs(world, calendar)


def _units(world: World, calendar: Calendar) -> Iterator[Row]:
    """A deal without an account brings units and no customer."""
    units: dict[tuple[Period, Place], Decimal] = defaultdict(Decimal)
    buyers: dict[tuple[Period, Place], set[int]] = defaultdict(set)
    for each in closed_deals(world):
        if not each.deal.is_won:
            continue
        for line in each.deal.lines:
            for key in _keys(world, calendar, each, line):
                units[key] += line.quantity
                if each.deal.account is not None:
                    buyers[key].add(each.deal.account)
    for order in world.orders:
        if not order.is_return:
            continue
        for line in order.lines:
            places = [*of_account(world, order.account), *_of_line(line)]
            for period in calendar.of(order.ordered_on):
                for place in places:
                    units[period, place] -= abs(line.quantity)
    for period in calendar.periods(*GRAINS):
        units.setdefault((period, TOTAL), Decimal(0))
    for (period, place), quantity in units.items():
        count = len(buyers.get((period, place), ()))
        value = ratio(quantity, count)
        yield row("units_per_customer", period, place, quantity, count, value, None, ("n",))


def _keys(world: World, calendar: Calendar, each, line: Line) -> Iterator[tuple[Period, Place]]:
    places = [*of_account(world, each.deal.account), *_of_line(line)]
    return ((period, place) for period in calendar.of(each.on) for place in places)


def _of_line(line: Line) -> list[Place]:
    return [("product_family", line.family), ("product", line.product)]


def _pairs(world: World, calendar: Calendar) -> Iterator[Row]:
    having: Counter[tuple[Period, str]] = Counter()
    together: Counter[tuple[Period, str, str]] = Counter()
    for each in closed_deals(world):
        if not each.deal.is_won:
            continue
        names = {line.product for line in each.deal.lines}
        for period in calendar.of(each.on, ("quarter", "year")):
            having.update((period, name) for name in names)
            together.update((period, a, b) for a in names for b in names if a != b)
    for (period, a, b), both in together.items():
        deals = having[period, a]
        if deals >= ENOUGH_DEALS:
            place = ("product_pair", f"{a} > {b}")
            yield row("attach_rate", period, place, both, deals, ratio(both, deals), deals)
