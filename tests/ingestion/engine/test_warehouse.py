"""Typed values, the turn at the warehouse file, columns that come later."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.engine import merge
from ingestion.engine.errors import WarehouseBusyError, WarehouseError
from ingestion.engine.fields import fields
from ingestion.engine.landing import Manifest
from ingestion.engine.values import present, typed
from ingestion.engine.warehouse import OWN_COLUMNS, columns_of, opened
from ingestion.model import Plan, Table, Window


def _value(text: str | None, kind: str) -> str | None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        expression = typed(present("$1"), kind)
        row = connection.execute(f"select cast({expression} as varchar)", [text]).fetchone()
    assert row is not None
    value: str | None = row[0]
    return value


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("", "VARCHAR", None),
        ("N/A", "VARCHAR", "N/A"),
        ("true", "BOOLEAN", "true"),
        ("yes", "BOOLEAN", None),
        ("12", "BIGINT", "12"),
        ("12.0", "BIGINT", "12"),
        ("1.6", "BIGINT", None),
        ("9007199254740993", "BIGINT", "9007199254740993"),
        ("1500.5", "DECIMAL(38,10)", "1500.5000000000"),
        ("-0.1234567891", "DECIMAL(38,10)", "-0.1234567891"),
        ("12345678901234567890.25", "DECIMAL(38,10)", "12345678901234567890.2500000000"),
        ("0.200000000000000011102230246251565404236", "DECIMAL(38,10)", "0.2000000000"),
        ("9.12260031E8", "DECIMAL(38,10)", "912260031.0000000000"),
        ("9.1E-5", "DECIMAL(38,10)", "0.0000910000"),
        ("1e40", "DECIMAL(38,10)", None),
        ("a lot", "DECIMAL(38,10)", None),
        ("2026-05-01", "DATE", "2026-05-01"),
        ("2026-05-01T10:30:00Z", "DATE", None),
        ("2026-05-01T12:30:00.123Z", "TIMESTAMP", "2026-05-01 12:30:00.123"),
        ("2026-05-01T12:30:00Z", "TIMESTAMP", "2026-05-01 12:30:00"),
        ("2026-05-01T12:30:00.000+0000", "TIMESTAMP", "2026-05-01 12:30:00"),
        ("2026-05-01T12:30:00-03:00", "TIMESTAMP", "2026-05-01 15:30:00"),
        ("1743685150726", "TIMESTAMP", "2025-04-03 12:59:10.726"),
        ("soon", "TIMESTAMP", None),
    ],
)
def test_a_text_becomes_the_value_it_means(text: str, kind: str, expected: str | None) -> None:
    assert _value(text, kind) == expected


HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create or replace table held (x int)")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def held(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that keeps the file to itself until it is told otherwise."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "w.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def _let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=10)


def test_waits_for_a_process_that_holds_the_file(
    tmp_path: Path, held: subprocess.Popen[str]
) -> None:
    with opened(tmp_path / "w.duckdb", sleep=lambda seconds: _let_go(held)) as connection:
        assert connection.execute("select count(*) from held").fetchone() == (0,)


def test_does_not_wait_for_ever(tmp_path: Path, held: subprocess.Popen[str]) -> None:
    try:
        with (
            pytest.raises(WarehouseBusyError, match="another process"),
            opened(tmp_path / "w.duckdb", wait=0.1),
        ):
            pass
    finally:
        _let_go(held)


def test_a_file_that_is_no_warehouse_is_an_error_at_once(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("not a database" * 1000)

    def sleep(seconds: float) -> None:
        raise AssertionError("waited for an error that never heals")

    with pytest.raises(WarehouseError, match="move it away"), opened(path, sleep=sleep):
        pass


def test_what_is_inserted_does_not_stay_in_memory(tmp_path: Path) -> None:
    """A transaction may bring more rows than there is memory for."""
    table = Table("things", ("id",), fields("id a b"))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    manifest = Manifest(
        "toy", "things", "1", "full", Window(None, now), "1", now, Plan(), (), requests=0, seconds=0
    )
    columns = ", ".join(f"{name} {kind}" for name, kind in OWN_COLUMNS.items())
    held = []
    with opened(tmp_path / "w.duckdb") as connection:
        connection.execute("create schema raw_toy; set threads = 4")
        connection.execute(f"create table raw_toy.things (id text, a text, b text, {columns})")
        target = merge.target(connection, "raw_toy", table)
        connection.execute("begin")
        for number in range(20):
            merge.bring(
                connection,
                "select n::varchar as id, repeat(md5(n::varchar), 5) as a, md5(n::varchar) as b, "
                "timestamp '2026-01-01' as _changed_at, false as _is_deleted, "
                "null::timestamp as _deleted_at, null::varchar as _merged_into "
                f"from range({number * 20_000}, {(number + 1) * 20_000}) t(n)",
            )
            merge.insert(connection, target, ["id", "a", "b"], manifest)
            row = connection.execute(
                "select memory_usage_bytes / 1e6, current_setting('threads') "
                "from duckdb_memory() where tag = 'IN_MEMORY_TABLE'"
            ).fetchone()
            assert row is not None
            assert row[1] == 4
            held.append(row[0])
        connection.execute("commit")
    assert max(held) < 100, held  # of several threads, 190


def test_columns_are_told_of_one_table_and_of_none(tmp_path: Path) -> None:
    with opened(tmp_path / "w.duckdb") as connection:
        connection.execute('create schema raw_toy; create table raw_toy."a b" ("x" int, y text)')
        assert columns_of(connection, "raw_toy", "a b") == {"x": "INTEGER", "y": "VARCHAR"}
        assert columns_of(connection, "raw_toy", "nothing") == {}
