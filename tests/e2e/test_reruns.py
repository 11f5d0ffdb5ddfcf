"""Runs that repeat, follow the clock, or die in the middle end in the same tables."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.golden import differences
from sandbox.company import advance, generate, truth
from tests.e2e.playground import LAYERS, Playground, playground

RAW = ("raw_hubspot", "raw_salesforce")


CHANGING = ("deals", "calls", "opportunities", "tasks")


def _fetched(ground: Playground) -> dict[str, int]:
    """Rows of the newest pull of each entity; the day's sweep of Pipedrive is none."""
    with duckdb.connect(ground.warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select source || '.' || entity, max_by(rows, landed_at) from _ingestion.loads "
            "where mode <> 'sweep' group by 1"
        ).fetchall()
    return {name: count for name, count in rows if name.split(".")[1] in CHANGING}


@pytest.mark.xdist_group("advance")
def test_a_run_after_a_week_fetches_only_the_week_and_is_exact(
    tmp_path: Path, own_company: Path
) -> None:
    with playground(tmp_path / "home", own_company) as ground:
        ground.run()
        before = _fetched(ground)
        advance(own_company, days=7)
        said = ground.run()
        after = _fetched(ground)
        assert re.search(r"requests: hubspot \d+, pipedrive \d+, salesforce \d+", said)
        assert before.keys() == after.keys()
        assert len(before) == 6  # two CRMs have tasks, two have deals
        assert [name for name in before if after[name] * 4 > before[name]] == []
        assert sum(after.values()) > 0
        _, found = differences(ground.published, truth(own_company))
        assert found == []


@pytest.mark.timeout(1800)  # eleven runs and a half, in one test
@pytest.mark.xdist_group("killed")
def test_ten_kills_at_random_moments_leave_no_trace(tmp_path: Path) -> None:
    company = tmp_path / "company.sqlite"
    generate(company, deals=60, seed=5)
    chance = random.Random(20261121)
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    with playground(undisturbed, company) as ground:
        started = time.monotonic()
        ground.run()
        length = time.monotonic() - started
        expected_raw, expected_marts = ground.tables(RAW), ground.tables(LAYERS)
    with playground(disturbed, company) as ground:
        for _ in range(10):
            process = ground.start()
            time.sleep(chance.uniform(0.1, 0.95) * length)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        ground.run()
        raw, marts = ground.tables(RAW), ground.tables(LAYERS)
        assert raw.keys() == expected_raw.keys()
        assert [name for name in raw if raw[name] != expected_raw[name]] == []
        assert marts.keys() == expected_marts.keys()
        assert [name for name in marts if marts[name] != expected_marts[name]] == []
        leftovers = [path for path in ground.home.rglob("*.tmp*") if "dagster" not in path.parts]
        assert leftovers == []
    shutil.rmtree(undisturbed)
