"""Every raw suite, registered ones all: passes on good rows, fails on each kind of bad row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from data_quality.expectations import no_rows
from data_quality.model import Expectation, Suite, SuiteResult
from data_quality.runner import run_all
from data_quality.suites import SUITES
from ingestion import run as ingestion
from ingestion.model import Home
from ingestion.sources import SOURCES

AS_OF = datetime(2026, 11, 3, 15, tzinfo=UTC)
GOOD = {"VARCHAR": "'a'", "BIGINT": "1", "BOOLEAN": "false", "DATE": "date '2026-01-01'"}
STAMP = "timestamp '2026-11-01'"
PEOPLE = {"pipedrive": "persons", "spreadsheets": "owner_map"}
CRMS = [source for source in SOURCES if source != "spreadsheets"]
PLANTED = "Ana Planted <ana@person.example> +1 202 555 0147"
WHOLE_ROWS = no_rows("whole_rows", "select * from {batch}", why="")
# Needed for a row to be wrong in every way that some suite asks about.
WRONG = {"IsWon": "true", "IsClosed": "false", "ConversionRate": "0", "rows_read": "7"}


@pytest.fixture(params=SOURCES, scope="module")
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def home(source: str, tmp_path: Path) -> Home:
    prepared = Home(tmp_path)
    ingestion.prepare(source, home=prepared)
    return prepared


def suites_of(source: str) -> tuple[Suite, ...]:
    return SUITES[f"raw_{source}"]


def asked(home: Home, source: str) -> dict[str, SuiteResult]:
    found = run_all(suites_of(source), home.warehouse, as_of=AS_OF)
    return {result.relation: result for result in found}


def book(connection: duckdb.DuckDBPyConnection, source: str, *, rows: int) -> None:
    for entity in SOURCES[source].entities:
        connection.execute(
            "insert into _ingestion.loads values (?, ?, 'l1', 'loaded', 'full', null,"
            " timestamp '2026-11-03', ?, 1, 1, 1, 'v1', timestamp '2026-11-03',"
            " timestamp '2026-11-03', null)",
            [source, entity, rows],
        )


def insert(
    connection: duckdb.DuckDBPyConnection,
    suite: Suite,
    values: dict[str, str],
    *,
    changed_at: str = STAMP,
) -> None:
    own = {
        "_changed_at": changed_at,
        "_landed_at": STAMP,
        "_load_id": "'l1'",
        "_is_deleted": "false",
    }
    row = {**values, **own}
    names = ", ".join(f'"{name}"' for name in row)
    connection.execute(f"insert into {suite.relation} ({names}) values ({', '.join(row.values())})")


def key_of(connection: duckdb.DuckDBPyConnection, suite: Suite) -> dict[str, str]:
    types = dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns()"
            " where schema_name = ? and table_name = ?",
            [suite.schema, suite.table],
        ).fetchall()
    )
    names = [str(e.arguments["column"]) for e in suite.expectations if e.name.endswith("_is_set")]
    return {name: GOOD.get(types[name], STAMP) for name in names}


def wrong_values(suite: Suite) -> dict[str, str]:
    values = {}
    for expectation in suite.expectations:
        if expectation.kind == "expect_column_values_to_be_in_set":
            values[str(expectation.arguments["column"])] = "'nonsense'"
        if expectation.kind == "expect_column_values_to_be_between":
            values[str(expectation.arguments["column"])] = "1000"
        query = str(expectation.arguments.get("unexpected_rows_query", ""))
        values |= {name: value for name, value in WRONG.items() if name in query}
    return values


def test_an_account_that_is_not_configured_passes_unasked(home: Home, source: str) -> None:
    notes = {result.note for result in asked(home, source).values()}

    assert notes == {"not configured"}


def test_good_rows_pass(home: Home, source: str) -> None:
    with duckdb.connect(home.warehouse) as connection:
        book(connection, source, rows=1)
        for suite in suites_of(source):
            insert(connection, suite, key_of(connection, suite))

    results = asked(home, source)

    assert [str(result) for result in results.values() if not result.passed] == []
    assert {result.note for result in results.values()} == {""}


def test_bad_rows_fail_each_expectation(home: Home, source: str) -> None:
    with duckdb.connect(home.warehouse) as connection:
        book(connection, source, rows=100)
        for suite in suites_of(source):
            key = key_of(connection, suite)
            wrong = wrong_values(suite)
            insert(connection, suite, {**key, **wrong})
            insert(connection, suite, {**key, **wrong})
            nothing = dict.fromkeys(key, "null")
            insert(connection, suite, nothing, changed_at="timestamp '2033-01-01'")

    results = asked(home, source)

    for suite in suites_of(source):
        expected = {e.name for e in suite.expectations if not spared(e)}
        failed = {check.name for check in results[suite.relation].failed}
        assert failed == expected, suite.relation
        assert results[suite.relation].blocks


def test_no_result_tells_who_a_record_is_about(home: Home, source: str) -> None:
    # Beside its own questions each suite asks for whole rows, as a careless query would.
    suites = [
        replace(suite, expectations=(*suite.expectations, WHOLE_ROWS))
        for suite in suites_of(source)
    ]
    with duckdb.connect(home.warehouse) as connection:
        book(connection, source, rows=100)
        for suite in suites:
            row = planted(connection, suite) | key_of(connection, suite) | wrong_values(suite)
            insert(connection, suite, row)
            insert(connection, suite, row, changed_at="timestamp '2033-01-01'")

    results = run_all(suites, home.warehouse, as_of=AS_OF)

    for result in results:
        assert result.checks[-1].sample, "nothing was shown, so nothing was put to the test"
        told = repr(result) + str(result)
        assert not [word for word in ("Planted", "person.example", "0147") if word in told]


def planted(connection: duckdb.DuckDBPyConnection, suite: Suite) -> dict[str, str]:
    """Somebody's name, address and number in every text that the vendor may send, but for ids."""
    names = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?"
        " and data_type = 'VARCHAR' and column_name[1] <> '_' and not column_name ilike '%id'"
        " and column_name <> 'field_key'",  # the name of a field
        [suite.schema, suite.table],
    ).fetchall()
    return {name: f"'{PLANTED}'" for (name,) in names if name not in suite.key}


def spared(expectation: Expectation) -> bool:
    """True for what two rows and all columns satisfy; a linked table may hold any number."""
    any_number = "least(landed.rows, 1)" in str(expectation.arguments.get("unexpected_rows_query"))
    return expectation.name in {"has_columns", "has_rows"} or any_number


def test_empty_tables_fail_where_rows_are_due(home: Home, source: str) -> None:
    used = f"raw_{source}.{PEOPLE.get(source, 'contacts')}"
    with duckdb.connect(home.warehouse) as connection:
        book(connection, source, rows=100)
        for suite in suites_of(source):
            if suite.relation == used:
                insert(connection, suite, key_of(connection, suite))

    results = asked(home, source)

    for suite in suites_of(source):
        if suite.relation != used:
            due = {e.name for e in suite.expectations} & {"has_rows", "holds_what_landed"}
            assert {check.name for check in results[suite.relation].failed} == due


@pytest.mark.parametrize("source", CRMS, indirect=True)
def test_an_entity_that_never_landed_owes_no_rows(home: Home, source: str) -> None:
    used = f"raw_{source}.{PEOPLE.get(source, 'contacts')}"
    with duckdb.connect(home.warehouse) as connection:
        book(connection, source, rows=0)
        connection.execute("delete from _ingestion.loads where entity in ('owners', 'users')")
        for suite in suites_of(source):
            if suite.relation == used:
                insert(connection, suite, key_of(connection, suite))

    results = asked(home, source)

    users = results[f"raw_{source}.{'owners' if source == 'hubspot' else 'users'}"]
    assert users.passed
    assert "no access" in next(c.note for c in users.checks if c.name == "has_rows")
