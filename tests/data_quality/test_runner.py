"""What a suite's run makes of answers, of missing ones, and of reasons not to ask."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data_quality import results
from data_quality.expectations import between, no_rows, not_null, one_of, row_count
from data_quality.model import Expectation, Moment, Suite
from data_quality.runner import run

AS_OF = datetime(2026, 11, 3, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("quality") / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            """
            create schema raw_toy;
            create table raw_toy.deals as select 'd1' as id, 'wno' as stage, -1 as amount;
            """
        )
    return path


def suite(*expectations: Expectation, table: str = "deals", unless: str = "") -> Suite:
    return Suite(f"raw_toy.{table}", "nobody", "a test", expectations, unless)


def test_a_critical_failure_blocks(warehouse: Path) -> None:
    result = run(suite(between("amount", 0, 9, why="")), warehouse, as_of=AS_OF)

    assert (result.passed, result.blocks) == (False, True)


def test_a_warning_fails_and_does_not_block(warehouse: Path) -> None:
    result = run(suite(one_of("stage", "won", why="")), warehouse, as_of=AS_OF)

    assert (result.passed, result.blocks) == (False, False)


def test_a_missing_table_fails_every_expectation(warehouse: Path) -> None:
    result = run(suite(row_count(0, why=""), table="absent"), warehouse, as_of=AS_OF)

    assert result.blocks
    assert "no relation raw_toy.absent" in result.checks[0].error


def test_a_missing_warehouse_fails_every_expectation(tmp_path: Path) -> None:
    result = run(suite(row_count(0, why="")), tmp_path / "none.duckdb", as_of=AS_OF)

    assert result.blocks
    assert not (tmp_path / "none.duckdb").exists()


def test_a_question_that_cannot_be_asked_blocks_even_as_a_warning(warehouse: Path) -> None:
    asked = (one_of("no_such_column", "won", why=""), not_null("id", why=""))

    result = run(suite(*asked), warehouse, as_of=AS_OF)

    assert result.blocks
    assert result.checks[0].error
    assert result.checks[1].passed, "the others are still asked"


def test_a_query_that_cannot_run_is_a_failure(warehouse: Path) -> None:
    asked = no_rows("broken", "select * from {batch} where", why="", severity="warning")

    result = run(suite(asked), warehouse, as_of=AS_OF)

    assert result.blocks


def test_a_reason_passes_the_suite_and_says_so(warehouse: Path) -> None:
    asked = suite(row_count(1, why=""), table="absent", unless="select 'not configured'")

    result = run(asked, warehouse, as_of=AS_OF)

    assert (result.passed, result.note) == (True, "not configured")


@pytest.mark.parametrize("reason", ["select null", "select 1 where false", ""])
def test_no_reason_asks_all_the_same(reason: str, warehouse: Path) -> None:
    asked = suite(between("amount", 0, 9, why=""), unless=reason)

    assert not run(asked, warehouse, as_of=AS_OF).passed


def test_a_reason_that_cannot_be_read_is_a_failure(warehouse: Path) -> None:
    asked = suite(not_null("id", why=""), unless="select status from _ingestion.loads")

    result = run(asked, warehouse, as_of=AS_OF)

    assert result.blocks
    assert "_ingestion" in result.checks[0].error


def test_an_expectation_can_be_excused_alone(warehouse: Path) -> None:
    asked = (
        replace(between("amount", 0, 9, why=""), unless="select 'skipped'"),
        not_null("id", why=""),
    )

    result = run(suite(*asked), warehouse, as_of=AS_OF)

    assert [(check.passed, check.note) for check in result.checks] == [
        (True, "skipped"),
        (True, ""),
    ]


def test_a_result_is_frozen_and_prints_what_failed(warehouse: Path) -> None:
    result = run(suite(between("amount", 0, 9, why="")), warehouse, as_of=AS_OF)

    assert str(result) == ("raw_toy.deals: 1 of 1 failed\n  critical amount_in_range: 1 of 1 rows")
    with pytest.raises(FrozenInstanceError):
        result.note = "changed"  # type: ignore[misc]


def test_a_suite_that_expects_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="expects nothing"):
        suite()


def test_two_expectations_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="share a name"):
        suite(not_null("id", why=""), not_null("id", why=""))


def test_results_are_kept_once_per_run_and_relation(warehouse: Path) -> None:
    result = run(suite(between("amount", 0, 9, why="")), warehouse, as_of=AS_OF)

    with duckdb.connect(warehouse) as connection:
        for run_id in ("first", "first", "second"):
            results.record(connection, [result], run_id=run_id, as_of=AS_OF)
        kept = connection.execute(
            "select run_id, relation, name, severity, passed, unexpected, as_of"
            " from _quality.results order by run_id"
        ).fetchall()

    row = ("raw_toy.deals", "amount_in_range", "critical", False, 1, datetime(2026, 11, 3, 15))
    assert kept == [("first", *row), ("second", *row)]


def test_published_rows_are_counted_where_there_are_any(tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    with duckdb.connect(published) as connection:
        connection.execute("create table pub_deals as select * from range(7)")

    assert Moment(AS_OF, published).published_rows("pub_deals") == 7
    assert Moment(AS_OF, published).published_rows("pub_other") == 0
    assert Moment(AS_OF, tmp_path / "none.duckdb").published_rows("pub_deals") == 0
    assert Moment(AS_OF).published_rows("pub_deals") == 0
