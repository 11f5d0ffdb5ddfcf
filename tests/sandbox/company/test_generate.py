"""The company on disk: the same for a seed, as large as asked for, and movable."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.company import DEFAULT_NOW, advance, generate
from sandbox.company.births import Config, birth, born_by
from sandbox.company.cases import CASES
from sandbox.company.clock import clock_of
from sandbox.company.dates import EMPTY_MONTH, business_day
from sandbox.company.life import life, lives
from sandbox.company.model import Life
from sandbox.company.visible import Visible
from sandbox.store import Store

# All but indexed_at, which is wall-clock time.
_COLUMNS = {
    "meta": "*",
    "hs_object": "type, id, created_at, updated_at, archived, archived_at, merged_into, erased,"
    " properties",
    "hs_history": "*",
    "hs_association": "*",
    "hs_document": "*",
    "sf_record": "*",
    "sf_object": "*",
}


def _rows(path: Path, table: str) -> set[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return set(connection.execute(f"select {_COLUMNS[table]} from {table}"))


def _scalar(path: Path, query: str) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute(query).fetchone()[0])


def test_a_seed_makes_the_same_company_every_time(small_company: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.sqlite"
    generate(again, deals=400, seed=7, has_partners=False)
    for table in _COLUMNS:
        assert _rows(again, table) == _rows(small_company, table), table


def test_another_seed_makes_another_company(small_company: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    generate(other, deals=400, seed=8)
    assert _rows(other, "sf_record") != _rows(small_company, "sf_record")


def test_generating_again_replaces_the_company(tmp_path: Path) -> None:
    path = tmp_path / "company.sqlite"
    generate(path, deals=60, seed=1)
    generate(path, deals=60, seed=2)
    assert [file.name for file in tmp_path.iterdir()] == ["company.sqlite"]
    with Store(path, read_only=True) as store:
        assert store.meta("seed") == "2"


@pytest.mark.parametrize(("seed", "deals"), [(1, 1000), (7, 1000), (3, 3000)])
def test_the_knob_gives_about_as_many_deals(seed: int, deals: int) -> None:
    found = sum(
        sum(1 for _ in Visible(each, DEFAULT_NOW).deals())
        for each in lives(Config(seed, deals), DEFAULT_NOW)
    )
    assert abs(found - deals) <= 0.05 * deals


def test_a_million_deals_are_the_same_story_with_more_lives() -> None:
    large = Config(seed=7, deals=1_000_000)
    assert 1_200_000 < born_by(large, DEFAULT_NOW) < 1_500_000
    assert repr(life(large, 0)) == repr(life(Config(7, 1000), 0))
    assert birth(large, born_by(large, DEFAULT_NOW) - 1) <= DEFAULT_NOW
    assert life(large, 1_200_000).people


def test_births_rise_with_the_number_and_leave_out_the_empty_month() -> None:
    births = [birth(Config(7, 2000), index) for index in range(3000)]
    assert births == sorted(births)
    assert EMPTY_MONTH not in {business_day(each).replace(day=1) for each in births}


def test_lives_go_on_beyond_the_default_clock() -> None:
    config = Config(7, 1000)
    later = DEFAULT_NOW + timedelta(days=30)
    assert born_by(config, later) > born_by(config, DEFAULT_NOW)


def test_a_life_cut_short_is_the_beginning_of_the_whole_one(small_lives: list[Life]) -> None:
    for short in small_lives[len(CASES) : len(CASES) + 150]:
        whole = life(Config(7, 400), short.number)
        assert repr(whole.deals[: len(short.deals)]) == repr(short.deals)
        assert whole.activities[: len(short.activities)] == short.activities
        assert all(deal.created_at > DEFAULT_NOW for deal in whole.deals[len(short.deals) :])


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (DEFAULT_NOW, 1),
        (DEFAULT_NOW, 45),
        # Over the renaming and the deletion of stages.
        (datetime(2025, 1, 5, 15, 0, tzinfo=UTC), 70),
    ],
)
def test_advancing_equals_generating_later(start: datetime, days: int, tmp_path: Path) -> None:
    moved, made = tmp_path / "moved.sqlite", tmp_path / "made.sqlite"
    generate(moved, deals=250, now=start)
    advance(moved, days=days)
    generate(made, deals=250, now=start + timedelta(days=days))
    for table in _COLUMNS:
        assert _rows(moved, table) == _rows(made, table), table


def test_a_week_creates_changes_and_deletes(tmp_path: Path) -> None:
    path = tmp_path / "company.sqlite"
    generate(path, deals=200)
    created = "select count(*) from hs_object where type = 'deals'"
    archived = f"{created} and archived"
    merged = f"{created} and merged_into is not null"
    deleted = "select count(*) from sf_record where object = 'Opportunity' and is_deleted"
    before = [_scalar(path, query) for query in (created, archived, merged, deleted)]
    advance(path, days=7)
    after = [_scalar(path, query) for query in (created, archived, merged, deleted)]
    assert [old < new for old, new in zip(before, after, strict=True)] == [True] * 4
    with Store(path, read_only=True) as store:
        assert clock_of(store)[1] == DEFAULT_NOW + timedelta(days=7)


def test_search_sees_what_changed_only_after_the_lag(tmp_path: Path) -> None:
    path = tmp_path / "company.sqlite"
    generate(path, deals=200)
    with Store(path) as store:
        store.set_meta("search_lag_ms", "60000")
        store.commit()
    wall = int(datetime.now(UTC).timestamp() * 1000)
    advance(path, days=1)
    before_ms = int(DEFAULT_NOW.timestamp() * 1000)
    late = f"select count(*) from hs_object where updated_at > {before_ms} and indexed_at < {wall + 60000}"
    early = "select count(*) from hs_object where indexed_at = 0"
    assert _scalar(path, late) == 0
    assert _scalar(path, early) > 1000
    assert _scalar(path, "select count(*) from hs_object where indexed_at > 0") > 0


def test_only_a_generated_company_can_move(tmp_path: Path) -> None:
    path = tmp_path / "exported.sqlite"
    with Store(path) as store:
        store.set_meta("now_ms", "1700000000000")
        store.commit()
    with pytest.raises(LookupError, match="was not generated"):
        advance(path, days=1)
