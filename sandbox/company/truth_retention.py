"""The golden numbers of customers who stay: active on the day before a period, and on its last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sandbox.company.dates import add_months, business_day
from sandbox.company.model import Contract
from sandbox.company.tally import Period, Tally
from sandbox.company.truth_deals import CountedDeal
from sandbox.company.visible import Visible

_ACTIVE = timedelta(days=365)
_DAY = timedelta(days=1)


def count_retention(
    view: Visible, won: list[CountedDeal], periods: list[Period], tally: Tally
) -> None:
    bought: dict[int, list[date]] = {}
    running: dict[int, list[tuple[date, date]]] = {}
    for deal in won:
        if deal.closed_on:
            bought.setdefault(deal.company_key, []).append(deal.closed_on)
    for contract in view.contracts():
        span = (contract.starts_on, last_day(view, contract))
        running.setdefault(contract.company_key, []).append(span)
    today = business_day(view.at)
    for company_key in bought.keys() | running.keys():
        active = _activity(bought.get(company_key, []), running.get(company_key, []))
        for period in periods:
            if not active(period.start - _DAY):
                continue
            stayed = int(active(min(period.end - _DAY, today)))
            tally.add("retention_rate", (period,), numerator=stayed, denominator=1)
            tally.add("churn_rate", (period,), numerator=1 - stayed, denominator=1)


def last_day(view: Visible, contract: Contract) -> date:
    """Its last day, which counts; the day of an early end, once that has come."""
    last = add_months(contract.starts_on, contract.months) - _DAY
    if contract.terminated_at is not None and view.happened(contract.terminated_at):
        last = min(last, business_day(contract.terminated_at))
    return last


def _activity(bought: list[date], running: list[tuple[date, date]]) -> Callable[[date], bool]:
    def active(day: date) -> bool:
        return any(day - _ACTIVE < closed_on <= day for closed_on in bought) or any(
            start <= day <= end for start, end in running
        )

    return active
