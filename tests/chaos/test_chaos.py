"""Fifty schedules of faults; `make chaos` plays a thousand. And the judge is judged."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.model import Mode
from ingestion.run import Home, land, load
from tests.chaos import truth
from tests.chaos.__main__ import report, shortened
from tests.chaos.haste import hurried
from tests.chaos.hosted import hosted
from tests.chaos.play import ENTITIES, play
from tests.chaos.portal import Portal
from tests.chaos.schedule import Pull, Rule, Schedule, Source, Wait, make
from tests.chaos.world import MINUTE

SEED = "every build"
MODES: tuple[Mode, ...] = ("full", "incremental", "sweep")
DEALS = ("deals", "contacts", "companies")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of retries are logged, and none is news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("number", range(50))
def test_faults_never_lose_or_double_a_row(number: int, tmp_path: Path) -> None:
    schedule = make(f"{SEED}/{number}", ENTITIES)
    outcome = play(schedule, tmp_path / "play")
    if outcome.finding is not None:
        pytest.fail(report(*shortened(schedule, outcome, tmp_path / "play")), pytrace=False)


@pytest.mark.parametrize("source", ["hubspot", "salesforce"])
@pytest.mark.parametrize("seconds", [7_200.0, -7_200.0])
def test_what_changes_while_the_vendors_clock_is_wrong_is_not_lost(
    source: Source, seconds: float, tmp_path: Path
) -> None:
    wrong = Rule("clock_skew", "/(account-info|limits)", after=0, times=1_000, seconds=seconds)
    entities = ENTITIES[source][:3]
    steps = (
        Pull("first", "incremental", entities, rules=(wrong,)),
        Wait("then", 30 * MINUTE, deeds=20),
    )
    schedule = Schedule("skew", source, is_oauth=False, entities=entities, steps=steps)
    assert play(schedule, tmp_path / "play").finding is None


def test_the_same_seed_makes_the_same_schedule() -> None:
    assert make("1/1", ENTITIES) == make("1/1", ENTITIES)
    assert make("1/1", ENTITIES) != make("1/2", ENTITIES)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Portal]]:
    """A portal read without any fault, before and after much has happened."""
    folder = tmp_path_factory.mktemp("landed")
    world = Portal(folder / "vendor.sqlite", "calm")
    home = Home(folder / "home")
    with (
        hosted(world, is_oauth=False) as host,
        hurried("hubspot", DEALS, world.store.path, time.time()),
    ):
        for mode in MODES:
            land("hubspot", DEALS, settings=host.settings, home=home, mode=mode)
            load("hubspot", DEALS, home=home)
            if mode == "full":
                world.change("calm", 80, apart=1_000)
    yield home, world
    world.close()


def test_an_undisturbed_pull_is_the_truth(landed: tuple[Home, Portal]) -> None:
    home, world = landed
    assert truth.differences(home, world, DEALS) == []
    assert all(there == here for there, here in truth.live_counts(home, world, DEALS).values())


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("delete from raw_hubspot.deals where id = (select min(id) from raw_hubspot.deals "
         "where not _is_deleted)", "raw_hubspot.deals: 1 lost"),
        ("insert into raw_hubspot.deals select * from raw_hubspot.deals limit 1", "stands 2 times"),
        ("update raw_hubspot.contacts set firstname = 'X' where not _is_deleted", "stale"),
        ("update raw_hubspot.deals set _is_deleted = true", "raw_hubspot.deals: "),
        ("update raw_hubspot.contacts set _is_deleted = false, _deleted_at = null", "gone at the"),
        ("update raw_hubspot.contacts set _merged_into = '1' where _merged_into is not null",
         "merged wrongly"),
        ("delete from raw_hubspot.associations where label = 'Decision maker'", "links: "),
        ("insert into raw_hubspot.property_history select * from raw_hubspot.property_history "
         "where object_type = 'deals'", "history: "),
        ("update raw_hubspot.deals set amount = amount + 1", "stale"),
    ],
)  # fmt: skip
def test_the_judge_sees_what_is_wrong(
    landed: tuple[Home, Portal], statement: str, finding: str
) -> None:
    home, world = landed
    with duckdb.connect(str(home.warehouse)) as connection:
        before = home.warehouse.read_bytes()
        connection.execute(statement)
    found = truth.differences(home, world, DEALS)
    home.warehouse.write_bytes(before)
    assert any(finding in one for one in found), found
