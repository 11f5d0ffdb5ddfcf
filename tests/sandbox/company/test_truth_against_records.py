"""The golden numbers once more, counted from the vendors' records: both ways must agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sandbox.company import DEFAULT_NOW, TruthRow, generate, truth
from tests.sandbox.company.records import CLOSED, Records


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
    # Of two CRMs: what the third one shows is held against its lives in test_pipedrive_view.py.
    generate(path, deals=250, now=request.param, has_partners=False)
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


def test_open_deals_of_past_months(company: Company) -> None:
    """From the histories: the last stage and amount set before the month was over."""
    histories = list(company.records.histories())
    for end in (date(2024, 4, 1), date(2024, 8, 1), date(2024, 12, 1)):
        moment = datetime(end.year, end.month, 1, 3, tzinfo=UTC).isoformat()
        found = [_latest(history, moment) for history in histories]
        is_open = [entry for entry in found if entry and entry[0] not in CLOSED]
        amount = sum(
            (
                company.records.base(entry[1] or Decimal(0), entry[2], end - timedelta(days=1))
                for entry in is_open
            ),
            Decimal(0),
        )
        month = ((end - timedelta(days=1)).replace(day=1), "total")
        assert _values(company.rows, "open_pipeline_count")[month] == len(is_open)
        assert _values(company.rows, "open_pipeline")[month] == amount


def test_customers_who_stay(company: Company) -> None:
    spans = list(company.records.customer_spans())
    for start in (date(2024, 6, 1), date(2024, 12, 1)):
        last_day = date(start.year, start.month, 30 if start.month == 6 else 31)
        end = min(last_day, company.today)
        before = {who for who, one, last in spans if one <= start - timedelta(days=1) <= last}
        after = {who for who, one, last in spans if one <= end <= last}
        (row,) = [
            row
            for row in company.rows
            if (row.kpi_id, row.period_grain, row.period_start)
            == ("retention_rate", "month", start)
        ]
        assert (row.numerator, row.denominator) == (len(before & after), len(before))
        assert before


def _latest(
    history: tuple[str, list[tuple[str, str, Decimal | None]]], moment: str
) -> tuple[str, Decimal | None, str] | None:
    currency, entries = history
    before = [entry for entry in entries if entry[0] < moment]
    return (before[-1][1], before[-1][2], currency) if before else None


def test_leads_and_what_became_of_them(company: Company) -> None:
    created: Counter[tuple[date, str]] = Counter()
    qualified: Counter[tuple[date, str]] = Counter()
    converted: Counter[tuple[date, str]] = Counter()
    for day, is_qualified, is_converted in company.records.leads():
        month = (day.replace(day=1), "total")
        created[month] += 1
        qualified[month] += is_qualified
        converted[month] += is_converted
    assert dict(created) == _values(company.rows, "leads_created")
    assert +qualified == _values(company.rows, "qualified_lead_rate")
    assert +converted == _values(company.rows, "lead_conversion_rate_cohort")


def test_activities(company: Company) -> None:
    done = Counter((date(day.year, 1, 1), kind) for day, kind in company.records.done())
    assert dict(done) == _values(company.rows, "activities_completed", "activity_type", "year")


def test_targets(company: Company) -> None:
    months: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for number, goal in company.records.hubspot("goal_targets"):
        # HubSpot's goals run from midnight UTC, whatever the portal's zone is.
        start = date.fromisoformat(goal["hs_start_datetime"][:10])
        amounts = company.records.amounts_of_goal(number)
        # The one that was raised: ten of the twenty working days of that April were over, in Brazil.
        assert len(amounts) == 1 or start == date(2025, 4, 1)
        assert amounts[-1] == Decimal(goal["hs_target_amount"])
        months[start, "total"] += (sum(amounts) / len(amounts)).quantize(Decimal("0.01"))
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
