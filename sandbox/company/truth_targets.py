"""The golden numbers of targets: what a month asked for, the old amount on its days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import holidays

from sandbox.company.dates import DEFAULT_NOW, business_day, next_month
from sandbox.company.model import SALESFORCE, Target
from sandbox.company.truth_deals import Converter

_CENT = Decimal("0.01")


def asked(target: Target, at: datetime, rates: Converter, country: str) -> Decimal:
    """In the reporting currency: each amount for its share of the month's working days."""
    end = next_month(target.month)
    days = _working_days(country, target.month, end)
    found = Decimal(0)
    versions = _versions(target, at)
    untils = [day for day, _ in versions[1:]] + [end]
    for (since, amount), until in zip(versions, untils, strict=True):
        base = rates.base(amount, target.currency, target.month)
        before, through = (sum(day < bound for day in days) for bound in (since, until))
        found += _part(base, through, len(days)) - _part(base, before, len(days))
    return found


def _versions(target: Target, at: datetime) -> list[tuple[date, Decimal]]:
    """From when on each amount counts; the first one known does from the beginning of the month.

    HubSpot tells a goal's history. Of a quota Salesforce tells today's amount alone: the earlier one
    is known to whoever pulled before the change, as everybody does from the story's present on.
    """
    entries = target.amount.until(at)
    while target.system == SALESFORCE and len(entries) > 1 and entries[1][0] <= DEFAULT_NOW:
        del entries[0]
    (_, first), *later = entries
    return [(target.month, first), *((business_day(when), amount) for when, amount in later)]


def _part(amount: Decimal, days: int, of: int) -> Decimal:
    return (amount * days / of).quantize(_CENT, ROUND_HALF_UP)


@lru_cache(maxsize=256)
def _working_days(country: str, start: date, end: date) -> list[date]:
    free = holidays.country_holidays(country, years=start.year)
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return [day for day in days if day.weekday() < 5 and day not in free]
