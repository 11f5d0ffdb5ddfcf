"""Runs that repeat, follow the clock, or die in the middle end in the same tables."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.golden import differences
from orchestration.local import clock
from orchestration.publish.targets import DuckDbFile
from sandbox.company import TruthRow, advance, truth
from tests.e2e.playground import LAYERS, Playground, playground

RAW = ("raw_hubspot", "raw_pipedrive", "raw_salesforce")
# dbt's tests write nothing: whoever is killed among them is killed between two models.
NO_TESTS = {"DBT_RESOURCE_TYPES": "model seed"}

CHANGING = ("deals", "calls", "opportunities", "tasks")


def _fetched(ground: Playground) -> dict[str, int]:
    """Rows of the newest pull of each entity; the day's sweep of Pipedrive is none."""
    with duckdb.connect(ground.warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select source || '.' || entity, max_by(rows, landed_at) from _ingestion.loads "
            "where mode <> 'sweep' group by 1"
        ).fetchall()
    return {name: count for name, count in rows if name.split(".")[1] in CHANGING}


@dataclass(frozen=True)
class Week:
    """Two runs with a week between them."""

    ground: Playground
    first_day: datetime
    first_truth: list[TruthRow]
    fetched: tuple[dict[str, int], dict[str, int]]
    said: str


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory, finished: Playground) -> Iterator[Week]:
    folder = tmp_path_factory.mktemp("week")
    store = Path(shutil.copy(finished.store, folder / "company.sqlite"))
    others = shutil.ignore_patterns("dbt")  # another worker may be compiling there
    home = Path(shutil.copytree(finished.home, folder / "home", symlinks=True, ignore=others))
    with playground(home, store) as ground:
        first_day, first_truth, before = clock(store), list(truth(store)), _fetched(ground)
        advance(store, days=7)
        said = ground.run()
        yield Week(ground, first_day, first_truth, (before, _fetched(ground)), said)


@pytest.mark.timeout(1800)  # the first waits for two runs when another worker makes the first
@pytest.mark.xdist_group("advance")
def test_a_run_after_a_week_fetches_only_the_week_and_is_exact(week: Week) -> None:
    before, after = week.fetched
    assert re.search(r"requests: hubspot \d+, pipedrive \d+, salesforce \d+", week.said)
    assert before.keys() == after.keys()
    assert len(before) == 6  # two CRMs have tasks, two have deals
    assert [name for name in before if after[name] * 4 > before[name]] == []
    assert sum(after.values()) > 0
    _, found = differences(week.ground.published, truth(week.ground.store))
    assert found == []


@pytest.mark.xdist_group("advance")
def test_a_quota_that_was_raised_in_the_week_keeps_the_old_amount_for_its_days(week: Week) -> None:
    """Salesforce tells today's amount alone; the run before has seen the one of the first days."""
    with duckdb.connect(week.ground.warehouse, read_only=True) as connection:
        versions = connection.execute(
            "select t.valid_from, t.valid_to, t.target_value_base, sum(d.day_share) "
            "from core.fct_targets as t join core.dim_owner as o using (owner_key) "
            "join core.fct_target_days as d on d.kpi_id = t.kpi_id and d.scope = t.scope "
            "and d.scope_key = t.scope_key and d.date_day >= t.valid_from "
            "and d.date_day < coalesce(t.valid_to, t.period_end) "
            "where o.owner_name = 'Mariana Tavares' and t.period_start = date '2026-11-01' "
            "group by all order by 1"
        ).fetchall()
    old, new = versions
    assert old[:2] == (date(2026, 11, 1), date(2026, 11, 9))
    assert new[:2] == (date(2026, 11, 9), None)
    # Four of the nineteen working days that November has in Brazil lie before the raise.
    assert old[3] == round(old[2] * 4 / 19, 2)
    assert new[3] == round(new[2], 2) - round(new[2] * 4 / 19, 2)


# What the CRMs keep no history of, and what follows from it (dbt_project/README.md). A deal that was
# deleted on the first day and restored in the week is there as if it had never been away; a person
# who was put on a deal in the week is on it from the start.
OF_THE_RESTORED_DEAL = {"open_pipeline", "open_pipeline_count", "stage_conversion_cohort"}
OF_THE_LATE_LINK = {"lead_conversion_rate_cohort"}
# Of a converted lead Salesforce tells the day alone: converted in the evening, it is in the morning.
OF_THE_SAME_DAY = {"qualified_lead_rate"}


@pytest.mark.xdist_group("advance")
def test_the_first_day_seen_a_week_later_has_the_numbers_of_the_first_day(
    week: Week, tmp_path: Path
) -> None:
    then = week.ground.rebuilt(tmp_path / "then", as_of=week.first_day, models="+pub_kpi_values")
    published = tmp_path / "published.duckdb"
    DuckDbFile(published).publish(then, ["pub_kpi_values"])

    compared, found = differences(published, week.first_truth)

    assert compared > 1500
    assert {one.key[0] for one in found} == (
        OF_THE_RESTORED_DEAL | OF_THE_LATE_LINK | OF_THE_SAME_DAY
    )
    for one in found:
        # One record more, never another value of one that both know.
        assert one.published is not None, one
        numerator, denominator, value, n = one.golden or (0, 0, None, 0)
        if one.key[0] in OF_THE_LATE_LINK | OF_THE_SAME_DAY:
            assert (one.published[0], one.published[1], one.published[3]) == (
                *(int(numerator or 0) + 1, denominator, n),
            ), one
        elif one.key[0] == "open_pipeline_count":
            assert one.published[0] == int(value or 0) + 1, one
        elif one.key[0] == "stage_conversion_cohort":
            stages = 3 if one.key[3] == "total" else 1  # those that the deal had passed by then
            assert 0 < int(one.published[1] or 0) - int(denominator or 0) <= stages, one


def _killed(ground: Playground, pattern: str, count: int) -> None:
    """A run that dies when so many paths of the home are there that were not when it began."""
    shutil.rmtree(ground.home / "dbt" / "target" / "run", ignore_errors=True)
    known = set(ground.home.glob(pattern))
    log = ground.home.with_suffix(".said")
    with log.open("w") as said:
        process = ground.start(said, **NO_TESTS)
        while len(set(ground.home.glob(pattern)) - known) < count:
            assert process.poll() is None, (pattern, count, log.read_text()[-4000:])
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.timeout(1800)  # as long as three runs, in one test
@pytest.mark.xdist_group("killed")
def test_kills_at_random_moments_leave_no_trace(finished: Playground, tmp_path: Path) -> None:
    store = Path(shutil.copy(finished.store, tmp_path / "company.sqlite"))
    chance = random.Random(20261121)
    with playground(tmp_path / "home", store) as ground:
        _killed(ground, "landing/*/*", chance.randint(5, 50))  # while the CRMs are read
        _killed(ground, "dbt/target/run/**/*.sql", chance.randint(1, 170))  # among the models
        _killed(ground, "dbt/target/run/**/*.sql", chance.randint(171, 330))
        _killed(ground, "published/.*.building", 1)  # while it is published
        ground.run(**NO_TESTS)
        for schemas in (RAW, LAYERS):
            expected, found = finished.prints(schemas), ground.prints(schemas)
            assert found.keys() == expected.keys()
            assert [name for name in found if found[name] != expected[name]] == []
        leftovers = [path for path in ground.home.rglob("*.tmp*") if "dagster" not in path.parts]
        leftovers += (ground.home / "published").glob(".*.building*")
        assert leftovers == []
