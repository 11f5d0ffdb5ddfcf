"""The suites of the published views: pass on a small company, fail on each kind of bad row."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data_quality.model import Suite, SuiteResult
from data_quality.runner import run, run_all
from data_quality.suites import SUITES
from data_quality.suites.marts.records import WITHOUT_A_TOTAL
from tests.data_quality.suites import harm, harm_reports
from tests.data_quality.suites.company import statements
from tests.data_quality.suites.harm import MANY_DEALS

DBT_PROJECT = Path(__file__).parents[3] / "dbt_project"
AS_OF = datetime(2026, 11, 3, 15, tzinfo=UTC)
ASKED: dict[str, Suite] = {
    suite.table: suite for suite in SUITES["publish"] if suite.table != "pub_kpi_values"
}
# They may be empty tomorrow, or are kept by people who may throw them away.
LISTS_OF_TODAY = {
    "pub_excluded_records",
    "pub_kpi_catalogue",
    "pub_performance_plan",
    "pub_goals",
    "pub_benchmark",
    "pub_customers_at_risk",
    "pub_quarantined_rows",
    "pub_doubtful_matches",
    "pub_currency_rates",
    "pub_stages",
    "pub_products",
    "pub_teams",
}
# The calendar is made of the run's own instant, and so is what is said of the run.
CALENDAR = {"pub_dates", "pub_periods", "pub_run"}
HARM = [*harm.HARM, *harm_reports.HARM]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(statements())
    return path


@pytest.fixture
def warehouse(company: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(company, tmp_path / "warehouse.duckdb"))


def failures(results: list[SuiteResult]) -> list[str]:
    return [str(result) for result in results if not result.passed]


def test_a_small_company_passes(company: Path) -> None:
    assert failures(run_all(list(ASKED.values()), company, as_of=AS_OF)) == []


def test_a_company_in_which_nothing_has_happened_passes(warehouse: Path) -> None:
    with duckdb.connect(warehouse) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where table_name not in ('loads', 'pub_kpi_catalogue')"
        ).fetchall():
            connection.execute(f"delete from {schema}.{table}")

    assert failures(run_all(list(ASKED.values()), warehouse, as_of=AS_OF)) == []


@pytest.mark.parametrize(("table", "statement", "name"), HARM)
def test_each_kind_of_harm_is_noticed(
    table: str, statement: str, name: str, warehouse: Path
) -> None:
    with duckdb.connect(warehouse) as connection:
        connection.execute(statement.replace("{}", f"publish.{table}"))

    result = run(ASKED[table], warehouse, as_of=AS_OF)

    noticed = {check.name: check for check in result.failed}
    assert name in noticed, str(result)
    assert noticed[name].error == ""
    assert noticed[name].blocks == (noticed[name].severity == "critical")
    assert "planted" not in repr(result).lower()


def test_every_expectation_has_been_seen_failing() -> None:
    # That of the history is seen in a test of its own.
    expected = {
        (table, expectation.name)
        for table, suite in ASKED.items()
        for expectation in suite.expectations
        if expectation.name != "has_rows" or table == "pub_kpi_catalogue"
    }

    assert {(table, name) for table, _, name in HARM} == expected


def test_every_published_view_has_a_suite() -> None:
    views = {path.stem for path in (DBT_PROJECT / "models" / "publish").glob("pub_*.sql")}

    assert views == {suite.table for suite in SUITES["publish"]} | CALENDAR


def test_what_may_have_no_total_is_in_the_catalogue() -> None:
    with (DBT_PROJECT / "seeds" / "kpi" / "kpi_catalogue.csv").open(newline="") as catalogue:
        known = {row["kpi_id"] for row in csv.DictReader(catalogue)}

    assert set(WITHOUT_A_TOTAL) <= known


def test_half_of_what_readers_have_may_not_vanish(company: Path, tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    with duckdb.connect(published) as connection:
        for table in ASKED:
            connection.execute(f"create table {table} as from range(200)")

    results = run_all(list(ASKED.values()), company, as_of=AS_OF, published=published)

    failed = {result.relation.split(".")[1] for result in results if result.blocks}
    assert failed == set(ASKED) - LISTS_OF_TODAY


def test_what_changed_after_the_run_began_is_left_aside(warehouse: Path) -> None:
    with duckdb.connect(warehouse) as connection:
        connection.execute(MANY_DEALS)
        connection.execute("update publish.pub_opportunities set is_closed = false")
        connection.execute(
            "insert into core.fct_opportunity_versions"
            " select opportunity_key, timestamp '2026-11-03 15:00:01'"
            " from publish.pub_opportunities"
        )

    result = run(ASKED["pub_pipeline_as_of"], warehouse, as_of=AS_OF)

    assert result.passed, str(result)


def test_what_the_crms_have_learnt_since_is_not_held_against_a_run_that_looks_back(
    warehouse: Path,
) -> None:
    with duckdb.connect(warehouse) as connection:
        connection.execute("insert into raw_salesforce.opportunities from range(9)")
        connection.execute("update _ingestion.loads set window_end = timestamp '2026-12-03 15:00'")

    result = run(ASKED["pub_opportunities"], warehouse, as_of=AS_OF)

    assert result.passed, str(result)
