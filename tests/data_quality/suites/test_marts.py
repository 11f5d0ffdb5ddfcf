"""The suite of the published KPI table: passes on plausible numbers, fails on each kind of bad one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data_quality.model import SuiteResult
from data_quality.runner import run
from data_quality.suites.marts.kpi import SUITES

AS_OF = datetime(2026, 11, 3, 15, tzinfo=UTC)
TABLES = """
    create schema publish; create schema intermediate; create schema _ingestion;
    create table _ingestion.loads as
        select 'salesforce' as source, timestamp '2026-11-03 15:00' as window_end;
    create table publish.pub_periods as select timestamp '2026-11-03 15:00' as measured_at;
    create schema raw_salesforce; create schema raw_hubspot; create schema raw_pipedrive;
    create table publish.pub_kpi_values (
        kpi_id varchar, period_grain varchar, period_start date, period_end date,
        dimension varchar, dimension_key varchar, dimension_value varchar,
        numerator decimal(38, 10), denominator decimal(38, 10), value decimal(38, 10), n bigint
    );
    insert into publish.pub_kpi_values values
        ('deals_won', 'month', '2026-01-01', '2026-02-01', 'total', 'total', 'total', 3, null, 3, 3),
        ('deals_won', 'year', '2026-01-01', '2027-01-01', 'total', 'total', 'total', 3, null, 3, 3),
        ('win_rate', 'month', '2026-01-01', '2026-02-01', 'total', 'total', 'total', 2, 3, 2 / 3, 3),
        ('win_rate', 'month', '2026-02-01', '2026-03-01', 'total', 'total', 'total', 0, 0, null, 0),
        ('attainment', 'month', '2026-01-01', '2026-02-01', 'owner', 'a', 'Ana', 30, 10, 3, 2);
    create table publish.pub_kpi_catalogue as
        select kpi_id, unit, unit = 'ratio' as is_bounded, unit = 'count' as is_additive,
            false as is_stock
        from (values ('deals_won', 'count'), ('win_rate', 'ratio'), ('attainment', 'money'))
            as kpis(kpi_id, unit);
    create table raw_salesforce.opportunities as
        select 's1' as Id, 100 as Amount, true as IsWon, false as _is_deleted;
    create table raw_hubspot.deals as
        select 'h1' as id, 50 as amount, true as hs_is_closed_won, false as _is_deleted
        union all select 'h2', 100, true, false;
    create table raw_pipedrive.deals as
        select 1 as id, 25 as value, 'won' as status, false as _is_deleted
        union all select 2, 999, 'open', false
        union all select 3, 51, 'won', false;
    create table intermediate.int_crm__opportunities as
        select 100 as amount, true as is_won, cast(null as varchar) as exclusion_reason,
            's1' as salesforce_opportunity_id, 'h2' as hubspot_deal_id,
            cast(null as varchar) as pipedrive_deal_id
        union all select 50, true, null, null, 'h1', '3'
        union all select 25, true, null, null, null, '1';
"""
# What happens to the rows, and the expectation that has to notice.
HARM = [
    ("delete from publish.pub_kpi_values", "has_rows"),
    ("alter table publish.pub_kpi_values drop column denominator", "has_columns"),
    ("update publish.pub_kpi_values set kpi_id = null", "kpi_id_is_set"),
    ("update publish.pub_kpi_values set period_start = null", "period_start_is_set"),
    ("update publish.pub_kpi_values set period_grain = 'fortnight'", "period_grain_is_known"),
    (
        "insert into publish.pub_kpi_values select * from publish.pub_kpi_values",
        "key_is_unique",
    ),
    (
        "update publish.pub_kpi_values set value = 1.2 where kpi_id = 'win_rate'",
        "shares_are_0_to_1",
    ),
    ("update publish.pub_kpi_values set n = -1", "counts_are_not_negative"),
    (
        "update publish.pub_kpi_values set value = -2 where kpi_id = 'deals_won'",
        "counts_are_not_negative",
    ),
    (
        "update publish.pub_kpi_values set value = 0.5 where kpi_id = 'win_rate'",
        "rates_are_their_parts",
    ),
    (
        "update publish.pub_kpi_values set value = 2"
        " where kpi_id = 'deals_won' and period_grain = 'month'",
        "months_add_up_to_years",
    ),
    (
        "delete from intermediate.int_crm__opportunities where amount = 50",
        "won_amounts_add_up_to_the_crms",
    ),
    (
        "insert into intermediate.int_crm__opportunities"
        " select * from intermediate.int_crm__opportunities",
        "won_amounts_add_up_to_the_crms",
    ),
    (
        "update intermediate.int_crm__opportunities set amount = 60 where amount = 50",
        "won_amounts_add_up_to_the_crms",
    ),
    (
        "update publish.pub_kpi_values set value = 1"
        " where kpi_id = 'deals_won' and period_grain = 'year'",
        "published_wins_add_up_to_the_model",
    ),
]


def result_after(statement: str, tmp_path: Path, published: Path | None = None) -> SuiteResult:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute(TABLES)
        connection.execute(statement)
    return run(SUITES[0], warehouse, as_of=AS_OF, published=published)


def test_plausible_numbers_pass(tmp_path: Path) -> None:
    result = result_after("select 1", tmp_path)

    assert result.passed, str(result)


def test_wins_that_the_model_leaves_out_for_a_reason_pass(tmp_path: Path) -> None:
    deleted = """
        insert into raw_salesforce.opportunities values ('s2', 70, true, true);
        insert into intermediate.int_crm__opportunities
        values (70, true, 'deleted', 's2', null, null)
    """

    assert result_after(deleted, tmp_path).passed


def test_what_the_crms_have_learnt_since_is_not_held_against_a_run_that_looks_back(
    tmp_path: Path,
) -> None:
    later = """
        insert into raw_salesforce.opportunities values ('s2', 70, true, false);
        update _ingestion.loads set window_end = timestamp '2026-12-03 15:00'
    """

    result = result_after(later, tmp_path)

    assert result.passed, str(result)
    assert [check.name for check in result.checks if check.note] == [
        "won_amounts_add_up_to_the_crms"
    ]


@pytest.mark.parametrize(("statement", "name"), HARM)
def test_each_kind_of_harm_is_noticed(statement: str, name: str, tmp_path: Path) -> None:
    result = result_after(statement, tmp_path)

    assert name in {check.name for check in result.failed}
    assert result.blocks
    assert "Ana" not in repr(result)


def test_every_expectation_has_been_seen_failing() -> None:
    assert {expectation.name for expectation in SUITES[0].expectations} == {
        name for _, name in HARM
    }


def test_half_of_what_readers_have_may_not_vanish(tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    with duckdb.connect(published) as connection:
        connection.execute("create table pub_kpi_values as select * from range(60)")

    result = result_after("select 1", tmp_path, published)

    assert [check.name for check in result.failed] == ["has_rows"]
