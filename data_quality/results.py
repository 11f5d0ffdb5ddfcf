"""Keeps what every check found, one row per run, relation and expectation, in the warehouse."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from data_quality.model import SuiteResult

TABLE = "_quality.results"


def record(
    connection: duckdb.DuckDBPyConnection,
    results: list[SuiteResult],
    *,
    run_id: str,
    as_of: datetime,
) -> None:
    """Replace what this run found before about the same relations: a retried step counts once."""
    connection.execute("create schema if not exists _quality")
    connection.execute(
        f"""
        create table if not exists {TABLE} (
            run_id varchar not null, as_of timestamp not null, relation varchar not null,
            owner varchar not null, name varchar not null, severity varchar not null,
            passed boolean not null, unexpected bigint not null, observed varchar,
            note varchar, error varchar, seconds double not null
        )
        """
    )
    instant = as_of.astimezone(UTC).replace(tzinfo=None)
    rows = [
        (
            run_id,
            instant,
            result.relation,
            result.owner,
            check.name,
            check.severity,
            check.passed,
            check.unexpected,
            check.observed or None,
            check.note or None,
            check.error or None,
            result.seconds,
        )
        for result in results
        for check in result.checks
    ]
    with connection.cursor() as writer:
        writer.execute("begin")
        for result in results:
            writer.execute(
                f"delete from {TABLE} where run_id = ? and relation = ?", [run_id, result.relation]
            )
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            writer.executemany(f"insert into {TABLE} values ({marks})", rows)
        writer.execute("commit")
