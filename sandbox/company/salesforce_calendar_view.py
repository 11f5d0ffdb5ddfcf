"""What goes by the calendar in Salesforce: periods, quotas, currencies and their dated rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sandbox.company.dates import STORY_START, business_day, midnight, next_month
from sandbox.company.identity import salesforce_id
from sandbox.company.model import SALESFORCE, Rate, Target
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_org import CORPORATE_CURRENCY, SET_UP
from sandbox.company.salesforce_values import Fields, number

_OPEN_END = "9999-12-31"
_FIRST_YEAR = STORY_START.year
_MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}


def period_id(month: date) -> str:
    return salesforce_id("026", month.year * 100 + month.month)


def periods(view: SalesforceLife) -> Iterator[NamedTuple]:
    """Months, quarters and years of the fiscal calendar; the next year is set up in advance."""
    for year in range(_FIRST_YEAR, business_day(view.at).year + 2):
        for month in range(1, 13):
            start = date(year, month, 1)
            yield _period(view, period_id(start), "Month", start, month)
        for quarter in range(1, 5):
            start = date(year, quarter * 3 - 2, 1)
            record_id = salesforce_id("026", year * 100 + 40 + quarter)
            yield _period(view, record_id, "Quarter", start, quarter)
        record_id = salesforce_id("026", year * 100 + 50)
        yield _period(view, record_id, "Year", date(year, 1, 1), 1)


def _period(
    view: SalesforceLife, record_id: str, kind: str, start: date, position: int
) -> NamedTuple:
    end = start
    for _ in range(_MONTHS[kind]):
        end = next_month(end)
    label = f"FY {start.year}" if kind == "Year" else f"{kind} {position} FY {start.year}"
    fields: Fields = {
        "Type": kind,
        "StartDate": start.isoformat(),
        "EndDate": (end - timedelta(days=1)).isoformat(),
        "Number": position,
        "FullyQualifiedLabel": label,
        "IsForecastPeriod": kind == "Month",
    }
    return view.record("Period", record_id, SET_UP, SET_UP, fields)


def quotas(view: SalesforceLife) -> Iterator[NamedTuple]:
    for target in view.org.organisation.targets:
        first = target.amount.first()
        if target.system == SALESFORCE and first is not None and first[0] <= view.at:
            yield _quota(view, target, first[0])


def _quota(view: SalesforceLife, target: Target, created: datetime) -> NamedTuple:
    amounts = target.amount.until(view.at)
    fields: Fields = {
        "QuotaAmount": number(amounts[-1][1]),
        "QuotaOwnerId": view.org.user(target.rep_key),
        "PeriodId": period_id(target.month),
        "StartDate": target.month.isoformat(),
        "IsAmount": True,
        "IsQuantity": False,
        "CurrencyIsoCode": target.currency,
    }
    row = view.record(
        "ForecastingQuota",
        salesforce_id("0J9", target.key),
        created,
        amounts[-1][0],
        fields,
        deleted_at=target.deleted_at,
    )
    # A quota knows no recycle bin: deleted is gone.
    return row._replace(purged=row.is_deleted)


def currencies(view: SalesforceLife) -> Iterator[NamedTuple]:
    today = business_day(view.at)
    latest = {r.currency: r for r in _by_day(view) if r.starts_on <= today}
    for position, currency in enumerate(view.org.currencies):
        rate = latest.get(currency)
        is_corporate = currency == CORPORATE_CURRENCY
        modified = SET_UP
        if rate is not None:
            modified = max(SET_UP, midnight(rate.starts_on))
        value = 1.0 if is_corporate or rate is None else number(rate.units_per_usd)
        yield _currency(view, position, currency, value, modified, is_active=True)
    # Switched off, which the list of deleted currencies tells as deleted.
    retired = len(view.org.currencies)
    yield _currency(view, retired, "ARS", 1180.0, SET_UP, is_active=False)


def _currency(
    view: SalesforceLife,
    position: int,
    currency: str,
    rate: float,
    modified: datetime,
    *,
    is_active: bool,
) -> NamedTuple:
    fields: Fields = {
        "IsoCode": currency,
        "ConversionRate": rate,
        "DecimalPlaces": 2,
        "IsActive": is_active,
        "IsCorporate": currency == CORPORATE_CURRENCY,
    }
    record_id = salesforce_id("01L", position + 1)
    return view.record("CurrencyType", record_id, SET_UP, modified, fields)


def dated_rates(view: SalesforceLife) -> Iterator[NamedTuple]:
    today = business_day(view.at)
    known = [rate for rate in _by_day(view) if rate.starts_on <= today]
    for rate in known:
        later = [r.starts_on for r in known if r.currency == rate.currency]
        following = next((day for day in later if day > rate.starts_on), None)
        created = max(SET_UP, midnight(rate.starts_on))
        fields: Fields = {
            "IsoCode": rate.currency,
            "StartDate": rate.starts_on.isoformat(),
            # Exclusive: the day on which the next rate starts.
            "NextStartDate": following.isoformat() if following else _OPEN_END,
            "ConversionRate": number(rate.units_per_usd),
        }
        key = rate.starts_on.toordinal() * 10 + view.org.currencies.index(rate.currency)
        modified = midnight(following) if following else created
        record_id = salesforce_id("04w", key)
        yield view.record("DatedConversionRate", record_id, created, modified, fields)


def _by_day(view: SalesforceLife) -> list[Rate]:
    return sorted(view.org.organisation.rates, key=lambda rate: rate.starts_on)
