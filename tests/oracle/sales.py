"""Won and lost: counts, amounts, rates, first purchases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.periods import Calendar, Period
from tests.oracle.places import of_deal
from tests.oracle.records import Deal, World
from tests.oracle.tally import TOTAL, Place, Row, Sheet, spread


@dataclass(frozen=True)
class Closed:
    """A closed deal with what it is worth at the rate of its close date."""

    deal: Deal
    on: date
    base: Decimal | None
    places: list[Place]

    @property
    def is_priced(self) -> bool:
        return self.base is not None and self.base > 0


def closed_deals(world: World) -> list[Closed]:
    found = []
    for deal in world.deals.values():
        if deal.closed_on is not None:
            base = world.rates.base(deal.last.amount, deal.currency, deal.closed_on)
            places = of_deal(world, deal, deal.credited)
            found.append(Closed(deal, deal.closed_on, base, places))
    return found


def purchases(world: World) -> dict[int, list[Closed]]:
    """The won deals of each account, oldest first."""
    found: dict[int, list[Closed]] = defaultdict(list)
    for each in closed_deals(world):
        if each.deal.is_won and each.deal.account is not None:
            found[each.deal.account].append(each)
    for deals in found.values():
        deals.sort(key=_order)
    return dict(found)


def _order(each: Closed) -> tuple[object, ...]:
    return each.on, each.deal.closed_at, each.deal.created_at, each.deal.key


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    deals = closed_deals(world)
    first_on = {account: bought[0].on for account, bought in purchases(world).items()}
    counts = {name: Sheet(calendar, name, "sum") for name in _COUNTS}
    rates = {name: Sheet(calendar, name, "ratio") for name in _RATIOS}
    prices: dict[tuple[Period, Place], list[Decimal]] = defaultdict(list)
    for each in deals:
        won = each.deal.is_won
        base, at, priced = each.base or Decimal(0), (each.on, each.places), each.is_priced
        known = int(each.base is not None)
        rates["win_rate"].add(*at, int(won), 1)
        counts["deals_won" if won else "deals_lost"].add(*at, 1)
        counts["sales_amount" if won else "lost_amount"].add(*at, base, n=known)
        if priced:
            rates["win_rate_amount"].add(*at, base * won, base)
        if not won:
            continue
        rates["coupon_share"].add(*at, int(each.deal.coupon is not None), 1)
        if each.deal.last.amount is None or each.deal.last.amount <= 0:
            counts["deals_won_without_amount"].add(*at, 1)
        if priced:
            rates["average_deal_size"].add(*at, base, 1)
            before = first_on.get(each.deal.account) if each.deal.account is not None else None
            has_bought = before is not None and before < each.on
            expands = has_bought and each.deal.deal_type != "renewal"
            rates["expansion_share"].add(*at, base * expands, base)
            for period in calendar.of(each.on):
                for place in each.places:
                    prices[period, place].append(base)
    for bought in purchases(world).values():
        counts["new_customers"].add(bought[0].on, bought[0].places, 1)
    for sheet in (*counts.values(), *rates.values()):
        yield from sheet.rows()
    for period in calendar.periods("day", "week", "month", "quarter", "year"):
        prices.setdefault((period, TOTAL), [])
    for (period, place), values in prices.items():
        yield from spread("average_deal_size", period, place, values, ("median",))


_COUNTS = (
    "deals_won",
    "sales_amount",
    "deals_lost",
    "lost_amount",
    "deals_won_without_amount",
    "new_customers",
)
_RATIOS = ("win_rate", "win_rate_amount", "average_deal_size", "expansion_share", "coupon_share")
