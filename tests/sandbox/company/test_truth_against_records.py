"""The golden numbers once more, from nothing but the vendors' records in the store.

It is a small warehouse in Python: one CRM's copy per deal and person, current values, no timelines.
What it finds must be what the objects say.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company import DEFAULT_NOW, TruthRow, generate, truth

_WON = {"closedwon", "1094527613"}
_LOST = {"closedlost", "1094527614"}
_PIPELINES = {"default": "SMB sales", "5b1f6a0e-93d2-4c57-8e1b-2f7c40a9d613": "Renewals"}
_INTERNAL = "aurora-internal.example"


def _day(text: str) -> date:
    instant = datetime.fromisoformat(text.replace("Z", "+00:00").replace("+0000", "+00:00"))
    return (instant.astimezone(UTC) - timedelta(hours=3)).date()


@dataclass
class Sale:
    outcome: str  # "won", "lost" or "open"
    pipeline: str
    closed_on: date | None
    amount: Decimal | None
    currency: str


class Records:
    def __init__(self, path: Path, now: datetime) -> None:
        self.now = now
        self.connection = sqlite3.connect(path)
        self.rates: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
        for rate in self.salesforce("DatedConversionRate"):
            worth = (1 / Decimal(str(rate["ConversionRate"]))).quantize(
                Decimal("1e-8"), ROUND_HALF_UP
            )
            self.rates[rate["IsoCode"]].append((rate["StartDate"], worth))

    def hubspot(self, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
        query = "select id, properties from hs_object where type = ? and not archived"
        for number, text in self.connection.execute(query, (kind,)):
            yield number, json.loads(text)

    def salesforce(self, name: str) -> Iterator[dict[str, Any]]:
        query = "select fields from sf_record where object = ? and not is_deleted"
        for (text,) in self.connection.execute(query, (name,)):
            yield json.loads(text)

    def linked(self, kind: str, to: str, ids: set[int]) -> set[int]:
        """Records of a kind that are associated with one of these."""
        query = "select from_id, to_id from hs_association where from_type = ? and to_type = ?"
        return {one for one, other in self.connection.execute(query, (kind, to)) if other in ids}

    def internal_companies(self) -> set[int]:
        return {
            number for number, values in self.hubspot("companies") if values["domain"] == _INTERNAL
        }

    def base(self, amount: Decimal, currency: str, day: date) -> Decimal:
        rates = [(start, w) for start, w in self.rates[currency] if start <= day.isoformat()]
        worth = Decimal(1) if currency == "USD" else max(rates)[1]
        return (amount * worth).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def sales(self) -> Iterator[Sale]:
        internal = self.linked("deals", "companies", self.internal_companies())
        for number, deal in self.hubspot("deals"):
            if deal.get("hs_salesforceopportunityid") or number in internal:
                continue
            stage = deal["dealstage"]
            outcome = "won" if stage in _WON else "lost" if stage in _LOST else "open"
            if outcome == "lost" and deal["closed_lost_reason"] == "duplicate":
                continue
            yield Sale(
                outcome,
                _PIPELINES[deal["pipeline"]],
                _day(deal["closedate"]),
                Decimal(deal["amount"]) if deal.get("amount") else None,
                deal["deal_currency_code"],
            )
        for deal in self.salesforce("Opportunity"):
            outcome = "won" if deal["IsWon"] else "lost" if deal["IsClosed"] else "open"
            if outcome == "lost" and deal["Loss_Reason__c"] == "duplicate":
                continue
            amount = deal["Amount"]
            yield Sale(
                outcome,
                "Salesforce",
                date.fromisoformat(deal["CloseDate"]),
                None if amount is None else Decimal(str(amount)),
                deal["CurrencyIsoCode"],
            )

    def lead_days(self) -> Iterator[date]:
        """One per person: HubSpot's contact, and Salesforce leads that no contact stands for."""
        internal = self.linked("contacts", "companies", self.internal_companies())
        known: set[str] = set()
        for number, values in self.hubspot("contacts"):
            known |= {values.get("salesforceleadid") or "", (values.get("email") or "").lower()}
            if values.get("hs_v2_date_entered_lead") and number not in internal:
                yield _day(values["hs_v2_date_entered_lead"])
        for lead in self.salesforce("Lead"):
            if lead["Id"] not in known and lead["Email"].lower() not in known:
                yield _day(lead["CreatedDate"])

    def done(self) -> Iterator[tuple[date, str]]:
        internal = self.internal_companies()
        for kind, name, is_done in (
            ("calls", "call", lambda v: v["hs_call_status"] == "COMPLETED"),
            ("emails", "email", lambda v: v["hs_email_direction"] == "EMAIL"),
            ("meetings", "meeting", lambda v: v["hs_meeting_outcome"] == "COMPLETED"),
            ("tasks", "task", lambda v: v["hs_task_status"] == "COMPLETED"),
            ("notes", "note", lambda v: True),
        ):
            ours = self.linked(kind, "companies", internal)
            when = "hs_task_completion_date" if kind == "tasks" else "hs_timestamp"
            for number, values in self.hubspot(kind):
                if number not in ours and is_done(values):
                    yield _day(values[when]), name
        for task in self.salesforce("Task"):
            if task["IsClosed"]:
                yield _day(task["CompletedDateTime"]), task["TaskSubtype"].lower()
        for event in self.salesforce("Event"):
            if not event["IsChild"] and event["EndDateTime"] <= self.now.isoformat():
                yield _day(event["EndDateTime"]), "meeting"


@dataclass
class Company:
    records: Records
    rows: list[TruthRow]
    today: date


@pytest.fixture(
    scope="module",
    params=[
        DEFAULT_NOW,
        # The last evening of a quarter, which is the next one in UTC.
        datetime(2026, 4, 1, 2, 30, tzinfo=UTC),
        # A stage is still listed, another has its old name.
        datetime(2024, 12, 17, 18, 0, tzinfo=UTC),
    ],
    ids=["default", "evening", "year-two"],
)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    path = tmp_path_factory.mktemp("records") / "company.sqlite"
    generate(path, deals=250, now=request.param)
    today = (request.param - timedelta(hours=3)).date()
    return Company(Records(path, request.param), truth(path), today)


def _values(
    rows: list[TruthRow], kpi: str, dimension: str = "total", grain: str = "month"
) -> dict[tuple[date, str], object]:
    return {
        (row.period_start, row.dimension_value): row.numerator
        for row in rows
        if (row.kpi_id, row.period_grain, row.dimension) == (kpi, grain, dimension)
        and row.numerator
    }


def test_wins_and_their_amounts(company: Company) -> None:
    won: Counter[tuple[date, str]] = Counter()
    sold: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for sale in company.records.sales():
        if sale.outcome == "won" and sale.closed_on:
            place = (sale.closed_on.replace(day=1), sale.pipeline)
            won[place] += 1
            sold[place] += company.records.base(
                sale.amount or Decimal(0), sale.currency, sale.closed_on
            )
    assert dict(won) == _values(company.rows, "deals_won", "pipeline")
    assert {place: each for place, each in sold.items() if each} == _values(
        company.rows, "sales_amount", "pipeline"
    )


def test_closed_and_open_deals(company: Company) -> None:
    sales = list(company.records.sales())
    closed = Counter(
        sale.closed_on.year for sale in sales if sale.outcome != "open" and sale.closed_on
    )
    years = {
        row.period_start.year: row.n
        for row in company.rows
        if (row.kpi_id, row.period_grain, row.dimension) == ("win_rate", "year", "total")
    }
    assert {year: n for year, n in years.items() if n} == dict(closed)
    is_open = [sale for sale in sales if sale.outcome == "open"]
    amount = sum(
        (
            company.records.base(sale.amount or Decimal(0), sale.currency, company.today)
            for sale in is_open
        ),
        Decimal(0),
    )
    this_year = (date(company.today.year, 1, 1), "total")
    assert _values(company.rows, "open_pipeline_count", grain="year")[this_year] == len(is_open)
    assert _values(company.rows, "open_pipeline", grain="year")[this_year] == amount


def test_leads(company: Company) -> None:
    months = Counter((day.replace(day=1), "total") for day in company.records.lead_days())
    assert dict(months) == _values(company.rows, "leads_created")


def test_activities(company: Company) -> None:
    done = Counter((date(day.year, 1, 1), kind) for day, kind in company.records.done())
    assert dict(done) == _values(company.rows, "activities_completed", "activity_type", "year")


def test_targets(company: Company) -> None:
    months: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for _, goal in company.records.hubspot("goal_targets"):
        # HubSpot's goals run from midnight UTC, whatever the portal's zone is.
        start = date.fromisoformat(goal["hs_start_datetime"][:10])
        months[start, "total"] += Decimal(goal["hs_target_amount"]).quantize(Decimal("0.01"))
    for quota in company.records.salesforce("ForecastingQuota"):
        start = date.fromisoformat(quota["StartDate"])
        amount = Decimal(str(quota["QuotaAmount"]))
        months[start, "total"] += company.records.base(amount, quota["CurrencyIsoCode"], start)
    found = {
        (row.period_start, row.dimension_value): row.denominator
        for row in company.rows
        if (row.kpi_id, row.period_grain, row.dimension) == ("attainment", "month", "total")
    }
    assert dict(months) == found
