"""Customers who stay, come back, and what they are worth."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from tests.oracle.periods import LONG, WEEK_AND_LONG, Calendar, Period
from tests.oracle.places import of_account
from tests.oracle.records import World
from tests.oracle.sales import Closed, purchases
from tests.oracle.tally import TOTAL, Durations, Place, Row, Sheet, ratio, rounded, row

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Portfolio:
    """Whether an account is a customer on a day: by a purchase of the last year, by a contract."""

    bought: dict[int, list[date]]
    running: dict[int, list[tuple[date, date]]]

    @property
    def accounts(self) -> set[int]:
        return self.bought.keys() | self.running.keys()

    def by_purchase(self, account: int, day: date) -> bool:
        days = self.bought.get(account, [])
        return bisect_right(days, day) > bisect_right(days, day - YEAR)

    def by_contract(self, account: int, day: date) -> bool:
        return any(start <= day <= end for start, end in self.running.get(account, ()))

    def is_active(self, account: int, day: date) -> bool:
        return self.by_purchase(account, day) or self.by_contract(account, day)


def portfolio(world: World) -> Portfolio:
    bought = {
        account: sorted(each.on for each in deals) for account, deals in purchases(world).items()
    }
    running: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for contract in world.contracts:
        if contract.account is not None:
            running[contract.account].append((contract.starts_on, contract.ends_on))
    return Portfolio(bought, dict(running))


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    known = portfolio(world)
    yield from _active(world, calendar, known)
    yield from _retention(world, calendar, known)
    yield from _revenue_retention(world, calendar, known)
    yield from _repeats(world, calendar)
    yield from _lifetime_value(world, calendar, known)


def _active(world: World, calendar: Calendar, known: Portfolio) -> Iterator[Row]:
    sheet = Sheet(calendar, "active_customers", "sum", WEEK_AND_LONG)
    growth = Sheet(calendar, "portfolio_growth", "ratio", LONG, unsaid=("n",))
    for account in known.accounts:
        places = of_account(world, account)
        for period in calendar.periods(*WEEK_AND_LONG):
            after = known.is_active(account, period.measured_on)
            if after:
                sheet.add([period], places, 1)
            if period.grain in LONG:
                before = known.is_active(account, period.day_before)
                if before or after:
                    growth.add([period], places, int(after) - int(before), int(before))
    yield from sheet.rows()
    yield from growth.rows()


def _retention(world: World, calendar: Calendar, known: Portfolio) -> Iterator[Row]:
    ways = {
        "": known.is_active,
        "_contract": known.by_contract,
        "_purchase": known.by_purchase,
    }
    for suffix, is_active in ways.items():
        kept = Sheet(calendar, f"retention_rate{suffix}", "ratio", LONG)
        lost = Sheet(calendar, f"churn_rate{suffix}", "ratio", LONG)
        for account in known.accounts:
            places = of_account(world, account)
            for period in calendar.periods(*LONG):
                if is_active(account, period.day_before):
                    stays = int(is_active(account, period.measured_on))
                    kept.add([period], places, stays, 1)
                    lost.add([period], places, 1 - stays, 1)
        yield from kept.rows()
        yield from lost.rows()


def _revenue_retention(world: World, calendar: Calendar, known: Portfolio) -> Iterator[Row]:
    sheet = Sheet(calendar, "net_revenue_retention", "ratio", LONG)
    bought = purchases(world)
    for account in known.accounts:
        places = of_account(world, account)
        for period in calendar.periods(*LONG):
            last = period.measured_on
            year_ago = last - YEAR
            if known.is_active(account, year_ago):
                deals = bought.get(account, [])
                now = _amount(deals, year_ago, last)
                sheet.add([period], places, now, _amount(deals, year_ago - YEAR, year_ago))
    yield from sheet.rows()


def _amount(deals: list[Closed], after: date, until: date) -> Decimal:
    """Won later than the one day and up to the other."""
    worth = (each.base for each in deals if each.base is not None and after < each.on <= until)
    return sum(worth, Decimal(0))


def _repeats(world: World, calendar: Calendar) -> Iterator[Row]:
    again = Sheet(calendar, "repeat_customer_rate", "ratio")
    lifetime = Sheet(calendar, "repeat_customer_rate_lifetime", "ratio", LONG)
    between = Durations(calendar, "days_between_purchases", LONG)
    for account, deals in purchases(world).items():
        places = of_account(world, account)
        days = [each.on for each in deals]
        for period in {period for day in days for period in calendar.of(day)}:
            again.add([period], places, int(days[0] < period.start), 1)
        for period in calendar.periods(*LONG):
            count = sum(1 for day in days if day <= period.measured_on)
            if count:
                lifetime.add([period], places, int(count >= 2), 1)
        for before, after in pairwise(days):
            between.add(after, places, (after - before).days)
    yield from again.rows()
    yield from lifetime.rows()
    yield from between.rows()


@dataclass
class _Year:
    """Twelve months of one group of accounts."""

    amount: Decimal = Decimal(0)
    priced: int = 0
    won: int = 0
    buyers: int = 0
    active_before: int = 0
    lost: int = 0


def _lifetime_value(world: World, calendar: Calendar, known: Portfolio) -> Iterator[Row]:
    years: dict[tuple[Period, Place], _Year] = defaultdict(_Year)
    bought = purchases(world)
    for account in known.accounts:
        places = of_account(world, account)
        for period in calendar.periods(*LONG):
            last = period.measured_on
            deals = [each for each in bought.get(account, []) if last - YEAR < each.on <= last]
            was_active = known.is_active(account, last - YEAR)
            is_lost = was_active and not known.is_active(account, last)
            for place in places:
                year = years[period, place]
                prices = [each.base for each in deals if each.base is not None and each.is_priced]
                year.amount += sum(prices, Decimal(0))
                year.priced += len(prices)
                year.won += len(deals)
                year.buyers += bool(deals)
                year.active_before += was_active
                year.lost += is_lost
    for period in calendar.periods(*LONG):
        years.setdefault((period, TOTAL), _Year())
    for (period, place), year in years.items():
        yield _worth(period, place, year)


def _worth(period: Period, place: Place, year: _Year) -> Row:
    ticket = ratio(year.amount, year.priced)
    often = ratio(year.won, year.buyers)
    churn = ratio(year.lost, year.active_before)
    kpi_id = "customer_lifetime_value"
    if ticket is None or often is None or not churn:
        unsaid = ("numerator", "denominator")
        return row(kpi_id, period, place, None, None, None, year.buyers, unsaid)
    product = Fraction(rounded(ticket * often) or 0)
    return row(kpi_id, period, place, product, churn, product / churn, year.buyers)
