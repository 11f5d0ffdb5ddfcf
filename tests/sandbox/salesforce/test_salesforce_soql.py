"""The parser and the compiler against anything that may come: an answer or a refusal, no crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.salesforce import execute
from sandbox.salesforce.compile import plan
from sandbox.salesforce.errors import QueryError
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.soql import parse
from sandbox.store import Store
from tests.sandbox.salesforce.small_org import build

WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "NULLS",
    "FIRST",
    "LAST",
    "ASC",
    "DESC",
    "COUNT",
    "SUM",
    "FIELDS",
    "ALL",
    "Id",
    "Name",
    "Owner.Name",
    "Account",
    "Opportunity",
    "Amount",
    "CloseDate",
    "SystemModstamp",
    "Active__c",
    "Description",
    "OwnerId",
    "null",
    "true",
    "(",
    ")",
    ",",
    "=",
    "!=",
    "<>",
    "<",
    ">=",
    "'x'",
    "''",
    "'\\ud800'",
    "'%'",
    "'001000000000001AAA'",
    "5",
    "-1.5e3",
    "99999999999999999999",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:00",
    "2026-13-01",
    "USING",
    "HAVING",
    "a",
]
CONDITIONS = st.recursive(
    st.sampled_from(
        [
            "Name = 'x'",
            "Name != null",
            "Id IN ('001000000000001')",
            "Owner.Name LIKE '%a'",
            "SystemModstamp >= 2026-01-01T00:00:00Z",
            "AnnualRevenue < 99999999999999999999",
            "Active__c = true",
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: f"(NOT {one})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} AND {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} OR {pair[1]})"),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("soql") / "org.sqlite"
    build(path)
    with Store(path, read_only=True) as store:
        yield store


def run(text: str, store: Store) -> int:
    """Rows found, by whichever way the query is answered."""
    chosen = plan(parse(text), store, include_deleted=False)
    if chosen.query.is_count:
        return execute.count(chosen, store)
    if chosen.query.is_aggregate:
        return len(execute.groups(chosen, store))
    return execute.find_ids(chosen, store).total


def answered_or_refused(text: str, store: Store) -> None:
    """Any other exception than a refusal fails the test."""
    with suppress(QueryError):
        run(text, store)


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_are_answered_or_refused(store: Store, words: list[str]) -> None:
    answered_or_refused(" ".join(["SELECT", *words]), store)
    answered_or_refused(" ".join(["SELECT Id FROM Account WHERE", *words]), store)


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused(store: Store, text: str) -> None:
    answered_or_refused(text, store)
    answered_or_refused(f"SELECT Id FROM Account WHERE Name = '{text}'", store)


@settings(max_examples=40, deadline=None, database=None)
@given(CONDITIONS)
def test_a_condition_and_its_negation_part_the_rows(store: Store, condition: str) -> None:
    everything = run("SELECT COUNT() FROM Account", store)
    holds = run(f"SELECT COUNT() FROM Account WHERE {condition}", store)
    fails = run(f"SELECT COUNT() FROM Account WHERE NOT {condition}", store)
    assert holds + fails == everything


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id FROM Account WHERE " + "(" * 300 + "Name = 'x'" + ")" * 300,
        "SELECT Id FROM Account LIMIT 99999999999999999999",
        "SELECT Id FROM Account WHERE Name = '" + "x" * 100_000 + "'",
        "SELECT Id FROM Account WHERE Name = '\ud800'",
        "",
    ],
)
def test_excess_is_refused(store: Store, text: str) -> None:
    with pytest.raises(QueryError):
        run(text, store)


def test_escapes_in_text_are_undone(store: Store) -> None:
    assert run(r"SELECT Id FROM User WHERE Name = 'Bob O\'Neil'", store) == 1
    assert run(r"SELECT Id FROM User WHERE Name LIKE 'Bob O\'%'", store) == 1
    assert run(r"SELECT Id FROM User WHERE Name = '\u0041nn Lee'", store) == 1
    with pytest.raises(QueryError, match="Illegal character sequence"):
        run(r"SELECT Id FROM User WHERE Name = '\q'", store)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("001000000000001", "001000000000001AAA"),
        ("001D000000IqhSLIAZ", "001D000000IqhSLIAZ"),
    ],
)
def test_fifteen_characters_become_eighteen(short: str, long: str) -> None:
    assert to_18(short) == long
