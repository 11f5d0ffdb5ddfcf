"""The golden numbers agree with themselves, and with the company that they count."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from sandbox.company import DEFAULT_NOW, TruthRow, truth, write_truth
from sandbox.company.births import Config
from sandbox.company.cases import number_of
from sandbox.company.dates import EMPTY_MONTH, business_day
from sandbox.company.life import life
from sandbox.company.model import Life
from sandbox.company.org import organisation
from sandbox.company.plan import CLOSED
from sandbox.company.tally import percentile, spine
from sandbox.company.truth import truth_rows
from sandbox.company.visible import Visible

_CONFIG = Config(seed=7, deals=400)


@pytest.fixture(scope="module")
def rows(small_company: Path) -> list[TruthRow]:
    return truth(small_company)


def _of(rows: list[TruthRow], kpi: str, grain: str, dimension: str = "total") -> list[TruthRow]:
    return [
        row
        for row in rows
        if (row.kpi_id, row.period_grain, row.dimension) == (kpi, grain, dimension)
    ]


def _one(rows: list[TruthRow], kpi: str, start: str, grain: str = "month") -> TruthRow:
    (found,) = [row for row in _of(rows, kpi, grain) if row.period_start.isoformat() == start]
    return found


def _case(code: str) -> list[TruthRow]:
    """The truth of a company that has this one life only."""
    lives = [life(_CONFIG, number_of(code))]
    return truth_rows(organisation(7), lives, DEFAULT_NOW)


def test_every_row_has_its_own_place(rows: list[TruthRow]) -> None:
    places = Counter(
        (row.kpi_id, row.period_grain, row.period_start, row.dimension, row.dimension_value)
        for row in rows
    )
    assert max(places.values()) == 1


def test_total_stands_for_every_period(rows: list[TruthRow]) -> None:
    periods = [(p.grain, p.start) for p in spine(date(2023, 11, 1), date(2026, 11, 3))]
    assert len(periods) == 37 + 13 + 4
    for kpi in {row.kpi_id for row in rows}:
        found = [
            (row.period_grain, row.period_start)
            for row in rows
            if row.kpi_id == kpi and row.dimension == "total"
        ]
        assert found == periods, kpi


def test_won_lost_and_open_are_all_deals(rows: list[TruthRow], small_lives: list[Life]) -> None:
    seen = duplicates = 0
    for each in small_lives:
        for deal in Visible(each, DEFAULT_NOW).deals():
            seen += 1
            stage = deal.stage.at(DEFAULT_NOW) or ""
            duplicates += CLOSED.get(stage) is False and deal.loss_reason == "duplicate"
    closed = sum(row.n for row in _of(rows, "win_rate", "year"))
    is_open = _one(rows, "open_pipeline_count", "2026-11-01").n
    assert closed + is_open == seen - duplicates
    assert duplicates > 0


@pytest.mark.parametrize(
    ("kpi", "dimension"),
    [
        ("deals_won", "owner"),
        ("deals_won", "pipeline"),
        ("deals_won", "deal_type"),
        ("sales_amount", "owner"),
        ("sales_amount", "pipeline"),
        ("win_rate", "owner"),
        ("leads_created", "lead_source"),
        ("activities_completed", "owner"),
        ("activities_completed", "activity_type"),
        ("attainment", "owner"),
        ("stage_conversion_cohort", "stage"),
    ],
)
def test_parts_add_up_to_the_total(rows: list[TruthRow], kpi: str, dimension: str) -> None:
    parts: dict[date, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0)])
    for row in _of(rows, kpi, "month", dimension):
        sums = parts[row.period_start]
        sums[0] += row.numerator or 0
        sums[1] += row.denominator or 0
        sums[2] += row.n
    for row in _of(rows, kpi, "month"):
        assert parts[row.period_start] == [row.numerator, row.denominator or 0, row.n]


@pytest.mark.parametrize(
    "kpi", ["deals_won", "sales_amount", "leads_created", "activities_completed", "win_rate"]
)
def test_months_add_up_to_years(rows: list[TruthRow], kpi: str) -> None:
    years: dict[int, Decimal] = defaultdict(Decimal)
    for row in _of(rows, kpi, "month"):
        years[row.period_start.year] += row.numerator or 0
    assert dict(years) == {row.period_start.year: row.numerator for row in _of(rows, kpi, "year")}
    assert sum(years.values()) > 0


def test_churn_is_what_retention_leaves(rows: list[TruthRow]) -> None:
    kept = _of(rows, "retention_rate", "quarter")
    lost = _of(rows, "churn_rate", "quarter")
    for stayed, left in zip(kept, lost, strict=True):
        assert (stayed.numerator or 0) + (left.numerator or 0) == stayed.denominator
        assert stayed.denominator == left.denominator
    assert sum(row.n for row in kept) > 100


def test_the_empty_month_has_zeros_and_nulls(rows: list[TruthRow]) -> None:
    for kpi in ("deals_won", "leads_created"):
        assert _one(rows, kpi, EMPTY_MONTH.isoformat()).value == 0
    for kpi in ("win_rate", "average_deal_size", "lead_conversion_rate_cohort"):
        row = _one(rows, kpi, EMPTY_MONTH.isoformat())
        assert (row.denominator, row.value) == (0, None)


def test_percentiles_are_interpolated() -> None:
    days = Counter((1, 2, 2, 10))
    assert percentile(days, Fraction(1, 2)) == 2
    assert percentile(days, Fraction(3, 4)) == 4
    assert percentile(days, Fraction(9, 10)) == Decimal("7.6")
    assert percentile(Counter(), Fraction(1, 2)) is None


@pytest.mark.parametrize(
    ("code", "start"),
    [
        ("reopened_loss", "2025-05-01"),
        ("reopened_win", "2026-06-01"),
        ("merged_deal", "2025-04-01"),
        ("closed_2330_last_day", "2025-12-01"),
        ("owner_change_mid_quarter", "2025-06-01"),
        ("restored_deal", "2025-11-01"),
        ("duplicate_loss", "2025-10-01"),
        ("both_linked_by_sync", "2025-08-01"),
    ],
)
def test_a_case_is_one_win_and_no_loss(code: str, start: str) -> None:
    rows = _case(code)
    assert _one(rows, "deals_won", start).value == 1
    assert sum(row.n for row in _of(rows, "win_rate", "year")) == 1


@pytest.mark.parametrize(
    "code", ["deleted_deal", "deleted_opportunity", "deleted_in_both", "internal_company"]
)
def test_a_deal_that_is_gone_is_in_no_period(code: str) -> None:
    rows = _case(code)
    for kpi in ("win_rate", "open_pipeline_count", "stage_conversion_cohort"):
        assert sum(row.n for row in rows if row.kpi_id == kpi) == 0


def test_an_internal_company_leaves_every_kpi() -> None:
    rows = _case("internal_company")
    assert sum(row.n for row in rows if row.kpi_id != "attainment") == 0


def test_a_loss_marked_duplicate_was_never_open() -> None:
    rows = _case("duplicate_loss")
    stages = _of(rows, "stage_conversion_cohort", "year", "stage")
    assert {row.dimension_value: row.n for row in stages} == {
        "SMB sales: Appointment scheduled": 1,
        "SMB sales: Qualified to buy": 1,
        "SMB sales: Presentation scheduled": 1,
        "SMB sales: Negotiation": 1,
    }


def test_skipped_stages_count_as_reached_and_left() -> None:
    stages = _of(_case("skipped_stages"), "stage_conversion_cohort", "month", "stage")
    assert [(row.dimension_value, row.numerator, row.denominator) for row in stages] == [
        ("SMB sales: Appointment scheduled", 1, 1),
        ("SMB sales: Negotiation", 1, 1),
        ("SMB sales: Presentation scheduled", 1, 1),
        ("SMB sales: Qualified to buy", 1, 1),
    ]


def test_a_stage_entered_twice_is_one_entry() -> None:
    stages = _of(_case("repeated_stage"), "stage_conversion_cohort", "year", "stage")
    assert {row.n for row in stages} == {1}


def test_a_deleted_stage_goes_by_its_id_and_is_left_by_any_move() -> None:
    stages = _of(_case("deleted_stage"), "stage_conversion_cohort", "year", "stage")
    (row,) = [row for row in stages if row.dimension_value.endswith("decisionmakerboughtin")]
    assert (row.dimension_value, row.numerator, row.denominator) == (
        "SMB sales: decisionmakerboughtin",
        1,
        2,
    )


def test_a_renamed_stage_is_one_stage_with_its_new_name() -> None:
    stages = _of(_case("renamed_stage"), "stage_conversion_cohort", "year", "stage")
    names = {row.dimension_value for row in stages}
    assert "Salesforce: Discovery" in names
    assert "Salesforce: Needs Analysis" not in names


def test_the_owner_at_the_closing_gets_the_sale() -> None:
    for code, name in (
        ("owner_change_mid_quarter", "Larissa Peixoto"),
        ("owner_change_after_close", "Diego Zamudio"),
        ("deactivated_owner", "Thiago Moura"),
    ):
        (row,) = _of(_case(code), "deals_won", "year", "owner")
        assert row.dimension_value == name


def test_amounts_that_are_null_zero_or_negative() -> None:
    null, zero, negative = (_case(f"{kind}_amount") for kind in ("null", "zero", "negative"))
    assert [
        (row.value, row.n) for row in _of(null, "sales_amount", "year") if row.value is None
    ] == []
    assert sum(row.n for row in _of(null, "sales_amount", "year")) == 0
    assert sum(row.n for row in _of(null, "deals_won", "year")) == 1
    assert sum(row.n for row in _of(zero, "sales_amount", "year")) == 1
    assert sum(row.value or 0 for row in _of(negative, "sales_amount", "year")) < 0
    for rows in (null, zero, negative):
        assert sum(row.n for row in _of(rows, "average_deal_size", "year")) == 0


def test_the_last_answer_of_a_period_counts() -> None:
    rows = _case("survey_twice")
    assert _one(rows, "csat", "2025-05-01").value == 1
    assert _one(rows, "csat", "2025-06-01").value == 0
    quarter = _one(rows, "csat", "2025-04-01", "quarter")
    assert (quarter.numerator, quarter.denominator) == (0, 1)


def test_a_win_before_the_lead_converts_nobody() -> None:
    assert _one(_case("lead_after_win"), "lead_conversion_rate_cohort", "2025-07-01").value == 0
    assert _one(_case("association_later"), "lead_conversion_rate_cohort", "2025-05-01").value == 1


def test_an_evening_belongs_to_the_business_day() -> None:
    rows = _case("created_2330_last_day")
    assert _one(rows, "leads_created", "2025-04-01").value == 1
    assert _one(rows, "leads_created", "2025-05-01").value == 0
    assert business_day(life(_CONFIG, number_of("created_2330_last_day")).deals[0].created_at) == (
        date(2025, 4, 30)
    )


def test_a_contract_ended_early_ends_the_customer() -> None:
    rows = _case("contract_ended_early")
    assert _one(rows, "retention_rate", "2026-02-01").value == 1
    assert _one(rows, "retention_rate", "2026-03-01").value == 0
    assert _one(rows, "retention_rate", "2026-04-01").denominator == 0


def test_a_rep_without_target_has_no_attainment(rows: list[TruthRow]) -> None:
    names = {row.dimension_value for row in _of(rows, "attainment", "year", "owner")}
    assert "Naomi Castellan" not in names
    assert "Rafael Queiroz" in names


def test_the_file_holds_the_rows_with_decimals_as_text(small_company: Path, tmp_path: Path) -> None:
    out = tmp_path / "truth.json"
    write_truth(small_company, out)
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["as_of"] == "2026-11-03T15:00:00Z"
    assert len(document["rows"]) == len(truth(small_company))
    (sales,) = [
        row
        for row in document["rows"]
        if (row["kpi_id"], row["dimension"], row["period_grain"], row["period_start"])
        == ("sales_amount", "total", "year", "2025-01-01")
    ]
    assert Decimal(sales["value"]) > 0
    assert isinstance(sales["value"], str)
    assert isinstance(sales["n"], int)
