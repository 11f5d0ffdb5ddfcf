"""dbt waits when somebody reads the warehouse for a moment, as ingestion does for its cursors."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb

from orchestration import dbt_manifest

PROJECT = Path(__file__).parents[2] / "dbt_project"
HOLDER = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held'); sys.stdin.read()"


def test_dbt_waits_for_a_file_that_is_held(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(warehouse).close()
    with subprocess.Popen(
        [sys.executable, "-u", "-c", HOLDER, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with subprocess.Popen(
            [dbt_manifest.executable(), "debug", "--connection"],
            cwd=PROJECT,
            env=dbt_manifest.environment(
                DBT_PROFILES_DIR=str(PROJECT),
                DBT_LOG_PATH=str(tmp_path),
                DBT_TARGET_PATH=str(tmp_path),
                SALES_HEARTBEAT_WAREHOUSE=str(warehouse),
            ),
            stdout=subprocess.PIPE,
            text=True,
        ) as dbt:
            assert dbt.stdout is not None
            said = ""
            while "Registered adapter" not in said and (line := dbt.stdout.readline()):
                said += line
            time.sleep(0.5)  # time enough to meet the lock
            holder.stdin.close()
            said += dbt.stdout.read()

    assert dbt.returncode == 0, said
    assert "OK connection ok" in said
