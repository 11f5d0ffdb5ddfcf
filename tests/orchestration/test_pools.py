"""Two runs at once: one waits for the other before it writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Whoever finds the mark of another writer fails; DuckDB's own lock would fail the step as well.
WRITER = """
import sys, time
from pathlib import Path
import dagster as dg, duckdb
from orchestration.policies import WRITER_POOL
from orchestration.run import execute

home = Path(sys.argv[1])
mark = home / "writing"

@dg.asset(key=["raw_toy", sys.argv[2]], pool=WRITER_POOL)
def writes() -> None:
    mark.touch(exist_ok=False)
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute(f"create table {sys.argv[2]} as select 1 as n")
        time.sleep(0.8)
    mark.unlink()

definitions = dg.Definitions(assets=[writes], jobs=[dg.define_asset_job("heartbeat")])
summary = execute(dagster_home=home / "dagster", definitions=definitions)
sys.exit(0 if summary.success else 1)
"""


@pytest.mark.timeout(180)
def test_two_processes_never_write_at_once(tmp_path: Path) -> None:
    import dagster as dg

    from orchestration.dagster_home import prepare

    with dg.DagsterInstance.from_config(str(prepare(tmp_path / "dagster"))) as instance:
        assert instance.run_storage is not None  # the database is made once, before both start

    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name in ("first", "second")
    ]
    outputs = [writer.communicate(timeout=150)[0] for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0], "\n".join(outputs)
