"""Runs that repeat, follow the clock, or die in the middle end in the same tables."""

from __future__ import annotations

import os
import random
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


def _requests(ground: Playground) -> dict[str, int]:
    """Per source, of the newest landing of each entity."""
    with duckdb.connect(ground.warehouse, read_only=True) as connection:
        rows = connection.execute(
            """
            select source, sum(requests) from (
                select source, requests, row_number() over (
                    partition by source, entity order by landed_at desc
                ) as age
                from _ingestion.loads
            ) where age = 1 group by source
            """
        ).fetchall()
    return dict(rows)


@pytest.mark.xdist_group("advance")
def test_a_run_after_a_week_fetches_only_the_week_and_equals_a_fresh_one(
    tmp_path: Path, own_company: Path
) -> None:
    first, fresh = tmp_path / "first", tmp_path / "fresh"
    with playground(first, own_company) as ground:
        ground.run()
        before = _requests(ground)
        advance(own_company, days=7)
        ground.run()
        after = _requests(ground)
        for source in ("hubspot", "salesforce"):
            assert after[source] < before[source], source
        _, found = differences(ground.published, truth(own_company))
        assert found == []
        # What moved without a change stamp is the sweep's to find.
        ground.run("sweep")
        swept = ground.tables(RAW)
    with playground(fresh, own_company) as ground:
        ground.run()
        assert set(swept) == set(ground.tables(RAW))


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
