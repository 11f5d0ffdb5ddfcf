"""Every kind of expectation in use, on rows that must pass and on rows that must fail.

A wrong driver makes checks pass on anything: each kind has to be seen failing.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data_quality import expectations as expect
from data_quality.model import Expectation, Suite
from data_quality.runner import run
from data_quality.suites import SUITES

AS_OF = datetime(2026, 11, 3, 15, tzinfo=UTC)
ROWS = """
    create schema raw_toy;
    create table raw_toy.good as
    select 'd' || i as id, i as number, 'won' as stage, cast(i / 10 as decimal(38, 10)) as share,
        timestamp '2026-01-01' + interval (i) day as changed_at
    from range(10) as t(i);
    create table raw_toy.bad as
    select cast(null as varchar) as id, 1 as number, 'wno' as stage,
        cast(-1 as decimal(38, 10)) as share, timestamp '1970-01-01' as changed_at
    from range(2) as t(i);
    create table raw_toy.empty as select * from raw_toy.good where false;
    create table raw_toy.twins as select 'd1' as id, 1 as number from range(2);
"""

# Kind by kind: the expectation, a table that meets it and one that does not.
CASES = [
    (expect.row_count(1, why=""), "good", "empty"),
    (expect.row_count(lambda moment: moment.published_rows("x") + 3, why=""), "good", "bad"),
    (expect.columns("id", "stage", "share", why=""), "bad", "twins"),
    (expect.not_null("id", why=""), "good", "bad"),
    (expect.unique("id", why=""), "good", "twins"),
    (expect.unique("id", "number", why=""), "good", "twins"),
    (expect.between("share", 0, 1, why=""), "good", "bad"),
    (expect.one_of("stage", "won", "lost", why=""), "good", "bad"),
    (
        expect.no_rows("old", "select * from {batch} where changed_at < '1999-01-01'", why=""),
        "good",
        "bad",
    ),
    (
        expect.same_result(
            "count", "select count(*) as n from raw_toy.good", "select 10 as n", why=""
        ),
        "good",
        "",
    ),
    (
        expect.same_result(
            "count", "select count(*) as n from raw_toy.good", "select 11 as n", why=""
        ),
        "",
        "good",
    ),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("quality") / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(ROWS)
    return path


def suite(table: str, *expectations: Expectation, unless: str = "") -> Suite:
    return Suite(f"raw_toy.{table}", "nobody", "a test", expectations, unless)


@pytest.mark.parametrize(
    ("expectation", "table"), [(case[0], case[1]) for case in CASES if case[1]]
)
def test_passes_on_good_rows(expectation: Expectation, table: str, warehouse: Path) -> None:
    result = run(suite(table, expectation), warehouse, as_of=AS_OF)

    assert result.passed, str(result)


@pytest.mark.parametrize(
    ("expectation", "table"), [(case[0], case[2]) for case in CASES if case[2]]
)
def test_fails_on_bad_rows(expectation: Expectation, table: str, warehouse: Path) -> None:
    result = run(suite(table, expectation), warehouse, as_of=AS_OF)

    assert not result.passed
    assert result.checks[0].error == "", "it failed without looking at the rows"


def test_every_kind_in_use_has_its_cases() -> None:
    in_use = {e.kind for suites in SUITES.values() for one in suites for e in one.expectations}

    assert in_use <= {case[0].kind for case in CASES if case[1]}
    assert in_use <= {case[0].kind for case in CASES if case[2]}


def test_another_process_can_write_once_a_suite_has_run(warehouse: Path) -> None:
    run(suite("good", expect.not_null("id", why="")), warehouse, as_of=AS_OF)

    code = f"import duckdb; duckdb.connect({str(warehouse)!r}).execute('create schema if not exists w')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_library_is_not_imported_with_the_suites() -> None:
    code = "import sys, data_quality.suites, data_quality.runner; sys.exit('great_expectations' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
