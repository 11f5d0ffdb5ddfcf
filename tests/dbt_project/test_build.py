"""The whole project on a warehouse in which nothing has arrived yet, with every unit test.

Runs of the pipeline leave the unit tests out: they question the code, not the data.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ingestion.run import SOURCES, Home, prepare

pytestmark = pytest.mark.xdist_group("dbt_build")

PROJECT = Path(__file__).parents[2] / "dbt_project"


def test_an_empty_warehouse_builds_and_every_unit_test_passes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for source in SOURCES:
        prepare(source, home=home)
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--warn-error", "build"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")),
            *("--vars", '{"as_of": "2026-11-03T15:00:00Z"}'),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(home.warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    outcomes = Counter((one["unique_id"].split(".")[0], one["status"]) for one in results)
    assert outcomes["unit_test", "pass"] >= 55
    assert {status for _, status in outcomes} <= {"pass", "success"}
