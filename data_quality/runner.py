"""Runs a suite against the warehouse file; the only place that touches Great Expectations.

The library takes seconds to import, so it is imported when a suite runs and never before.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from data_quality import privacy
from data_quality.model import CheckResult, Expectation, Moment, Suite, SuiteResult

logger = logging.getLogger(__name__)

SAMPLE = 5

_QUERY = "unexpected_rows_expectation"
# Without values: only what a failed check may show is fetched, and that by a question of its own.
_COUNTS = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


def run(
    suite: Suite, warehouse: Path, *, as_of: datetime, published: Path | None = None
) -> SuiteResult:
    """Ask all that the suite expects.

    A relation that is missing and an expectation that could not be asked are failures, since a
    check that never ran stops nothing.
    """
    started = time.monotonic()
    if not warehouse.exists():
        return _unanswered(suite, f"there is no warehouse file {warehouse.name}", started)
    # Held open, DuckDB serves every query of the suite from one instance with a warm cache; closed
    # again, the file is free for the next writer.
    with duckdb.connect(warehouse, read_only=True) as connection:
        try:
            note = _reason(connection, suite.unless)
            if note:
                return _passed(suite, note, started)
            if not _exists(connection, suite):
                return _unanswered(suite, f"there is no relation {suite.relation}", started)
            asked, excused = _ask(suite, connection, Moment(as_of, published))
            checks = excused | (_validate(suite, warehouse, asked) if asked else {})
        except duckdb.Error as error:
            return _unanswered(suite, f"{type(error).__name__}: {error}", started)
    ordered = tuple(checks[expectation.name] for expectation in suite.expectations)
    result = SuiteResult(suite.relation, suite.owner, ordered, time.monotonic() - started)
    logger.info("%s", result)
    return result


def run_all(
    suites: Sequence[Suite], warehouse: Path, *, as_of: datetime, published: Path | None = None
) -> list[SuiteResult]:
    """Every suite in turn, with the file held open between them: opening it costs as much as asking."""
    with ExitStack() as held:
        if warehouse.exists():
            held.enter_context(duckdb.connect(warehouse, read_only=True))
        return [run(suite, warehouse, as_of=as_of, published=published) for suite in suites]


def _exists(connection: duckdb.DuckDBPyConnection, suite: Suite) -> bool:
    query = "select 1 from duckdb_columns() where schema_name = ? and table_name = ? limit 1"
    return bool(connection.execute(query, [suite.schema, suite.table]).fetchall())


def _reason(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The text that the query gives, or nothing."""
    rows = connection.execute(query).fetchall() if query else []
    return str(rows[0][0]) if rows and rows[0][0] is not None else ""


def _ask(
    suite: Suite, connection: duckdb.DuckDBPyConnection, moment: Moment
) -> tuple[dict[str, tuple[Expectation, dict[str, object]]], dict[str, CheckResult]]:
    """The expectations with their arguments worked out, and those excused with their reason."""
    asked: dict[str, tuple[Expectation, dict[str, object]]] = {}
    excused: dict[str, CheckResult] = {}
    for expectation in suite.expectations:
        note = _reason(connection, expectation.unless)
        if note:
            excused[expectation.name] = _result(expectation, passed=True, note=note)
            continue
        arguments = {
            name: value(moment) if callable(value) else value
            for name, value in expectation.arguments.items()
        }
        asked[expectation.name] = (expectation, arguments)
    return asked, excused


def _validate(
    suite: Suite, warehouse: Path, asked: Mapping[str, tuple[Expectation, dict[str, object]]]
) -> dict[str, CheckResult]:
    # Read by no code of this version, but named in its manual: switched off all the same.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    from data_quality.dialect import SCHEME

    # It logs the text of every error, which may quote a record; the error comes back as an answer.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql(
        name="warehouse", connection_string=f"{SCHEME}:///{warehouse}"
    )
    asset = source.add_table_asset(
        name=suite.relation, table_name=suite.table, schema_name=suite.schema
    )
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    questions = {
        name: get_expectation_impl(expectation.kind)(
            **arguments, severity=expectation.severity, meta={"name": name}
        )
        for name, (expectation, arguments) in asked.items()
    }
    answers = batch.validate(
        gx.ExpectationSuite(name=suite.relation, expectations=list(questions.values())),
        result_format=_COUNTS,
    )
    checks: dict[str, CheckResult] = {}
    for answer in answers.results:
        name = answer.expectation_config.meta["name"]
        expectation = asked[name][0]
        answered = answer.success or _error(answer.exception_info or {})
        sample = () if answered else _sample(suite, expectation, batch, questions[name])
        checks[name] = _answer(expectation, answer, sample)
    return {
        name: checks.get(name)
        or _result(expectation, passed=False, error="Great Expectations gave no answer")
        for name, (expectation, _) in asked.items()
    }


def _sample(suite: Suite, expectation: Expectation, batch: Any, question: Any) -> tuple[str, ...]:
    """Some rows that failed, as far as they may be shown; asked again, as few questions fail."""
    # Only when it is asked for everything does Great Expectations give the rows of a query.
    amount = "COMPLETE" if expectation.kind == _QUERY else "SUMMARY"
    form: dict[str, Any] = {"result_format": amount, "partial_unexpected_count": SAMPLE}
    if suite.key:
        form["unexpected_index_column_names"] = list(suite.key)
    result = batch.validate(question, result_format=form).result or {}
    column = str(expectation.arguments.get("column", ""))
    rows = (
        result.get("partial_unexpected_index_list")
        or (result.get("details") or {}).get("unexpected_rows")
        or result.get("partial_unexpected_list")
        or []
    )
    declared = {*suite.key, *expectation.shows}
    texts = [
        privacy.shown(row if isinstance(row, Mapping) else {column: row}, declared=declared)
        for row in rows[:SAMPLE]
    ]
    return tuple(text[:200] for text in texts if text)


def _answer(expectation: Expectation, answer: Any, sample: tuple[str, ...]) -> CheckResult:
    result: Mapping[str, Any] = answer.result or {}
    observed = result.get("observed_value")
    unexpected = result.get("unexpected_count") or 0
    if observed is None and unexpected:
        observed = f"{unexpected} of {result.get('element_count')} rows"
    if expectation.kind == _QUERY and observed is not None:
        unexpected, observed = observed, f"{observed} rows"
    return _result(
        expectation,
        passed=bool(answer.success),
        observed="" if observed is None else str(observed)[:500],
        unexpected=int(unexpected),
        sample=sample,
        error=_error(answer.exception_info or {}),
    )


def _error(info: Mapping[str, Any]) -> str:
    """The message of a failed question; it is filed flat or under the name of a metric."""
    entries = [info, *(value for value in info.values() if isinstance(value, dict))]
    for entry in entries:
        if entry.get("raised_exception") and entry.get("exception_message"):
            return str(entry["exception_message"])
    return ""


def _result(
    expectation: Expectation,
    *,
    passed: bool,
    observed: str = "",
    unexpected: int = 0,
    sample: tuple[str, ...] = (),
    note: str = "",
    error: str = "",
) -> CheckResult:
    return CheckResult(
        name=expectation.name,
        severity=expectation.severity,
        passed=passed and not error,
        observed=privacy.without_addresses(observed),
        unexpected=unexpected,
        sample=sample,
        note=privacy.without_addresses(note),
        error=privacy.told(error)[:500],
        why=expectation.why,
    )


def _passed(suite: Suite, note: str, started: float) -> SuiteResult:
    checks = tuple(_result(e, passed=True, note=note) for e in suite.expectations)
    return SuiteResult(suite.relation, suite.owner, checks, time.monotonic() - started, note)


def _unanswered(suite: Suite, error: str, started: float) -> SuiteResult:
    checks = tuple(_result(e, passed=False, error=error) for e in suite.expectations)
    return SuiteResult(suite.relation, suite.owner, checks, time.monotonic() - started)
