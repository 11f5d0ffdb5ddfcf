"""Nothing that a check says of a record tells whom the record is about."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from data_quality import results
from data_quality.expectations import between, no_rows, not_null, one_of, same_result, unique
from data_quality.model import Expectation, Suite, SuiteResult
from data_quality.privacy import is_personal, shown, told
from data_quality.runner import run
from data_quality.suites import SUITES

AS_OF = datetime(2026, 11, 3, 15, tzinfo=UTC)
SECRETS = ("ana", "example", "555", "Dear")


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            """
            create schema raw_toy;
            create table raw_toy.people as
            select 'p' || i as id, 'ana@one.example' as email, '+1 202 555 0147' as phone,
                'ana' as firstname, 'Dear ana' as body, cast(null as varchar) as domain,
                2025550147 as mobile, 'ana' as status, 'd' || i || '@one.example' as other_id
            from range(2) as t(i);
            """
        )
    return path


def asked(warehouse: Path, *expectations: Expectation) -> SuiteResult:
    suite = Suite("raw_toy.people", "nobody", "a test", expectations, key=("id",))
    return run(suite, warehouse, as_of=AS_OF)


PERSONAL = [
    (one_of("email", "x", why=""), "2 of 2 rows"),
    (one_of("phone", "x", why=""), "2 of 2 rows"),
    (one_of("firstname", "x", why=""), "2 of 2 rows"),
    (unique("email", why=""), "2 of 2 rows"),
    (between("mobile", 0, 9, why=""), "2 of 2 rows"),
    (not_null("domain", why=""), "2 of 2 rows"),
    (no_rows("any", "select * from {batch}", why=""), "2 rows"),
    (no_rows("some", "select id, email, body, phone from {batch}", why=""), "2 rows"),
]


@pytest.mark.parametrize(("expectation", "observed"), PERSONAL)
def test_of_people_only_ids_and_counts_are_told(
    expectation: Expectation, observed: str, warehouse: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # The column holds a word of nobody's: what is declared to be a vocabulary is shown.
    with duckdb.connect(warehouse) as connection:
        connection.execute("update raw_toy.people set status = 'new'")

    with caplog.at_level(logging.DEBUG, logger="data_quality"):
        result = asked(warehouse, expectation)

    assert result.checks[0].observed == observed
    assert result.checks[0].unexpected == 2
    # Rows come in no order.
    assert {text.split(",")[0] for text in result.checks[0].sample} == {"id=p0", "id=p1"}
    assert not [word for word in SECRETS if word in repr(result) + str(result) + caplog.text]


def test_rows_without_a_harmless_column_are_only_counted(warehouse: Path) -> None:
    expectations = (
        unique("email", "phone", why=""),
        no_rows("mails", "select email, firstname as word from {batch}", why=""),
        same_result("same", "select email from raw_toy.people", "select 'x' as email", why=""),
    )

    result = asked(warehouse, *expectations)

    assert [check.passed for check in result.checks] == [False, False, False]
    assert [check.sample for check in result.checks] == [(), (), ()]
    assert not [word for word in SECRETS if word in repr(result)]


def test_an_unknown_word_of_a_vocabulary_is_shown(warehouse: Path) -> None:
    result = asked(warehouse, one_of("status", "new", why=""))

    assert result.checks[0].sample == ("id=p0, status=ana", "id=p1, status=ana")


def test_an_error_that_quotes_a_value_is_withheld(
    warehouse: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    cast = no_rows("cast", "select cast(firstname as integer) as n from {batch}", why="")

    with caplog.at_level(logging.DEBUG):
        result = asked(warehouse, cast)

    assert "Conversion Error" in result.checks[0].error
    output = "".join(capfd.readouterr())
    assert not [word for word in SECRETS if word in repr(result) + caplog.text + output]


def test_a_reason_that_quotes_a_value_is_withheld(warehouse: Path) -> None:
    suite = Suite(
        "raw_toy.people",
        "nobody",
        "a test",
        (not_null("id", why=""),),
        unless="select cast(email as integer) from raw_toy.people",
    )

    result = run(suite, warehouse, as_of=AS_OF)

    assert "Conversion Error" in result.checks[0].error
    assert not [word for word in SECRETS if word in repr(result)]


def test_what_is_kept_in_the_warehouse_tells_nothing_either(warehouse: Path) -> None:
    result = asked(warehouse, *{one.name: one for one, _ in PERSONAL}.values())

    with duckdb.connect(warehouse) as connection:
        results.record(connection, [result], run_id="r", as_of=AS_OF)
        kept = repr(connection.execute("select * from _quality.results").fetchall())

    assert "firstname_is_known" in kept
    assert not [word for word in SECRETS if word in kept]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"Id": "006", "Email": "a@b.example"}, "Id=006"),
        ({"AccountId": "001", "account_key": "k"}, "AccountId=001, account_key=k"),
        (
            {"amount": Decimal("1.50"), "closed_on": date(2026, 1, 2)},
            "amount=1.50, closed_on=2026-01-02",
        ),
        ({"word": "Ana", "stage": "won", "is_won": True}, "stage=won, is_won=True"),
        ({"mobilephone": 5550147, "full_name_key": "Ana"}, ""),
        ({"id": "ana@one.example"}, "id=(hidden)"),
        ({"id": ["ana"], "hs_email_status": "ana"}, ""),
    ],
)
def test_what_is_shown_of_a_row(row: dict[str, object], text: str) -> None:
    assert shown(row, declared=("stage",)) == text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("there is no relation raw.x", "there is no relation raw.x"),
        (
            "BinderException: Binder Error: no column x",
            "BinderException: Binder Error: no column x",
        ),
        (
            "(E) Conversion Error: Could not convert string 'Ana' to INT32",
            "Conversion Error; its text is withheld, since it may quote a record",
        ),
        (
            'Invalid Input Error: date field "Ana"',
            "Invalid Input Error; its text is withheld, since it may quote a record",
        ),
        ("Catalog Error: ana@one.example", "Catalog Error: (hidden)"),
    ],
)
def test_what_is_told_of_an_error(error: str, text: str) -> None:
    assert told(error) == text


def test_no_suite_declares_a_person_to_be_a_vocabulary() -> None:
    declared = {
        column
        for suites in SUITES.values()
        for suite in suites
        for expectation in suite.expectations
        for column in expectation.shows
    }

    assert declared
    assert not {column for column in declared if is_personal(column)}
