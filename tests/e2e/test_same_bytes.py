"""The same raw rows seen from the same instant give the same tables, whatever the threads did."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.local import clock
from tests.e2e.playground import LAYERS, Playground

pytestmark = pytest.mark.xdist_group("finished")


def _prints(warehouse: Path) -> dict[str, tuple[int, int]]:
    """Rows and a sum of their hashes, of each table and view; the order of rows has no part in it."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        names = connection.execute(
            "select distinct schema_name || '.' || table_name from duckdb_columns() "
            "where list_contains(?, schema_name) and database_name = current_database()",
            [[*LAYERS, "publish"]],
        ).fetchall()
        found = {}
        for (name,) in sorted(names):
            row = connection.execute(f"select count(*), sum(hash(t)) from {name} as t").fetchone()
            assert row is not None
            found[name] = row
        return found


def test_two_builds_of_the_same_rows_are_the_same(finished: Playground, tmp_path: Path) -> None:
    first = _prints(finished.warehouse)
    again = _prints(finished.rebuilt(tmp_path / "again", as_of=clock(finished.store)))
    assert len(first) > 80
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []
