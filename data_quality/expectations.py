"""The kinds of expectation in use, one function each, so that a suite reads as plain sentences.

A kind that is added here gets its must-pass and its must-fail case in the tests.
"""

from __future__ import annotations

from collections.abc import Callable

from data_quality.model import Expectation, Moment, Severity

Argument = Callable[[Moment], object]


def row_count(
    minimum: int | Argument,
    *,
    name: str = "has_rows",
    why: str,
    severity: Severity = "critical",
    unless: str = "",
) -> Expectation:
    kind = "expect_table_row_count_to_be_between"
    return Expectation(name, kind, why, {"min_value": minimum}, severity, unless)


def columns(*names: str, why: str) -> Expectation:
    """These columns exist; others may."""
    arguments = {"column_set": list(names), "exact_match": False}
    return Expectation("has_columns", "expect_table_columns_to_match_set", why, arguments)


def not_null(column: str, *, why: str) -> Expectation:
    kind = "expect_column_values_to_not_be_null"
    return Expectation(f"{column}_is_set", kind, why, {"column": column})


def unique(*names: str, why: str) -> Expectation:
    if len(names) == 1:
        kind = "expect_column_values_to_be_unique"
        return Expectation(f"{names[0]}_is_unique", kind, why, {"column": names[0]})
    kind = "expect_compound_columns_to_be_unique"
    return Expectation("key_is_unique", kind, why, {"column_list": list(names)})


def between(
    column: str,
    minimum: object | Argument,
    maximum: object | Argument,
    *,
    why: str,
    severity: Severity = "critical",
) -> Expectation:
    """Values lie in the range; nulls are not looked at."""
    arguments = {"column": column, "min_value": minimum, "max_value": maximum}
    kind = "expect_column_values_to_be_between"
    return Expectation(f"{column}_in_range", kind, why, arguments, severity)


def one_of(column: str, *values: str, why: str, severity: Severity = "warning") -> Expectation:
    """Values belong to a vocabulary; an unknown one is shown, so never ask it of a free text."""
    arguments = {"column": column, "value_set": list(values)}
    kind = "expect_column_values_to_be_in_set"
    return Expectation(f"{column}_is_known", kind, why, arguments, severity, shows=(column,))


def no_rows(
    name: str, query: str, *, why: str, severity: Severity = "critical", unless: str = ""
) -> Expectation:
    """The query finds nothing; it reads the suite's relation as {batch}.

    Of what it finds, ids, the suite's key, numbers and dates are shown: select those.
    """
    arguments = {"unexpected_rows_query": query}
    return Expectation(name, "unexpected_rows_expectation", why, arguments, severity, unless)


def same_result(name: str, query: str, other: str, *, why: str, unless: str = "") -> Expectation:
    """Both queries, on the warehouse, give the same rows; neither may be empty.

    Two empty results would count as equal, so each query must be one that always has a row.
    """
    arguments = {
        "base_query": query,
        "comparison_data_source_name": "warehouse",
        "comparison_query": other,
    }
    kind = "expect_query_results_to_match_comparison"
    return Expectation(name, kind, why, arguments, unless=unless)
