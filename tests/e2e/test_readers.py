"""What others open the published file with: DuckDB's shell, and Python that has only duckdb."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.e2e.playground import Playground

pytestmark = pytest.mark.xdist_group("finished")

QUESTION = "select count(*) from pub_opportunities where is_won"


def _answer(ground: Playground) -> str:
    with duckdb.connect(ground.published, read_only=True) as connection:
        row = connection.execute(QUESTION).fetchone()
    assert row is not None
    assert row[0] > 0
    return str(row[0])


def test_duckdbs_own_shell_reads_it(finished: Playground) -> None:
    shell = shutil.which("duckdb", path=str(Path(sys.executable).parent))
    assert shell is not None, "the lock holds duckdb-cli"
    done = subprocess.run(
        [shell, "-readonly", "-csv", "-noheader", str(finished.published), QUESTION],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == _answer(finished)


def test_python_with_nothing_but_duckdb_reads_it(finished: Playground, tmp_path: Path) -> None:
    package = Path(duckdb.__file__).parent
    (tmp_path / "duckdb").symlink_to(package)
    for native in [*package.parent.glob("_duckdb*"), *package.parent.glob("duckdb-*.dist-info")]:
        (tmp_path / native.name).symlink_to(native)
    code = (
        f"import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]"
        f" + [{str(tmp_path)!r}]\n"
        f"import duckdb\n"
        f"con = duckdb.connect({str(finished.published)!r}, read_only=True)\n"
        f"print(con.execute({QUESTION!r}).fetchone()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == _answer(finished)


def test_the_parquet_files_hold_the_same_tables(finished: Playground) -> None:
    folder = finished.home / "published" / "parquet"
    with duckdb.connect(finished.published, read_only=True) as connection:
        names = [
            row[0]
            for row in connection.execute("select table_name from duckdb_tables()").fetchall()
        ]
        assert len(names) >= 12
        for name in names:
            file = str(folder / f"{name}.parquet")
            inside = connection.execute(f'select count(*) from "{name}"').fetchone()
            outside = connection.execute(f"select count(*) from '{file}'").fetchone()
            assert inside == outside, name


def test_what_is_published_is_plain(finished: Playground) -> None:
    """No type that a BI tool stumbles over, and a comment on every column."""
    with duckdb.connect(finished.published, read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, data_type, comment from duckdb_columns()"
            " where schema_name = 'main' and not internal"
        ).fetchall()
    plain = ("VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN", "BIGINT", "INTEGER", "DOUBLE", "DECIMAL")
    assert [row[:3] for row in rows if not str(row[2]).startswith(plain)] == []
    assert [row[:2] for row in rows if not row[3]] == []
