"""Tables that keep every version of a row, for the toy source of the loading tests."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.engine import load as loading
from ingestion.engine.errors import FatalError
from ingestion.engine.fields import fields
from ingestion.model import Source, Table
from tests.ingestion.engine.test_load import DEALS, SOURCE, Warehouse, record

VERSIONS = Table("deals_versions", (*DEALS.key, "_load_id"), DEALS.columns, versions_of=DEALS.name)
DEAL = SOURCE.entities["deals"]
KEEPING: Source = replace(
    SOURCE, entities={"deals": replace(DEAL, tables=(*DEAL.tables, VERSIONS))}
)
OF_DEALS = "select id, amount::int, _is_deleted, _valid_from, _load_id from raw_toy.deals_versions"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path, KEEPING)


def _at(minute: int) -> datetime:
    return datetime(2026, 1, 1, minute // 60, minute % 60)


def _versions(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.rows(f"{OF_DEALS} order by id, _load_id")


def test_each_change_is_a_version_and_nothing_else_is(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5"), record("2", 6, amount="6")]))
    warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    warehouse.load(warehouse.land([record("1", 9, amount="5")]))  # the stamp alone
    warehouse.load(warehouse.land([record("1", 30, amount="7")]))
    assert _versions(warehouse) == [
        ("1", 5, False, _at(5), "0001"),
        ("1", 7, False, _at(30), "0004"),
        ("2", 6, False, _at(6), "0001"),
    ]


def test_a_change_without_a_stamp_holds_from_when_it_was_read(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    warehouse.load(warehouse.land([record("1", 5, amount="7")], end=90))
    warehouse.load(warehouse.land([record("1", 70, amount="8")], end=110))
    assert [(row[1], row[3]) for row in _versions(warehouse)] == [
        (5, _at(5)),
        (7, _at(90)),
        (8, _at(110)),
    ]


def test_what_is_gone_and_what_returns_are_versions(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5"), record("2", 6)]))
    warehouse.load(warehouse.land([record("2", 6)], mode="full", end=60))
    warehouse.load(warehouse.land([record("1", 5, amount="5")], end=80))
    assert [row for row in _versions(warehouse) if row[0] == "1"] == [
        ("1", 5, False, _at(5), "0001"),
        ("1", 5, True, _at(60), "0002"),
        ("1", 5, False, _at(80), "0003"),
    ]


def test_a_record_twice_in_a_landing_is_one_version(warehouse: Warehouse) -> None:
    pages = ([record("1", 5, amount="5")], [record("1", 7, amount="7")])
    warehouse.load(warehouse.land(*pages))
    assert _versions(warehouse) == [("1", 7, False, _at(7), "0001")]


def test_made_anew_from_landing_they_are_the_same(warehouse: Warehouse, tmp_path: Path) -> None:
    landed = [
        warehouse.land([record("1", 5, amount="5"), record("2", 6)]),
        warehouse.land([record("1", 5, amount="7")], end=90),
        warehouse.land([record("2", 6)], mode="full", end=95),
    ]
    for folder in landed:
        warehouse.load(folder)
    known = warehouse.rows("select * from raw_toy.deals_versions order by id, _load_id")
    assert len(known) == 4
    anew = Warehouse(tmp_path / "anew", KEEPING)
    for folder in landed:
        anew.load(folder)
    assert anew.rows("select * from raw_toy.deals_versions order by id, _load_id") == known


def test_a_load_that_fails_leaves_no_version(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    folder = warehouse.land([record("1", 9, amount="9")])

    def _fail(*_: object, **__: object) -> None:
        raise FatalError("no")

    with monkeypatch.context() as patched:
        patched.setattr(loading, "book", _fail)  # the last step before the commit
        with pytest.raises(FatalError):
            warehouse.load(folder)
    assert [row[1] for row in _versions(warehouse)] == [5]
    warehouse.load(folder)
    assert [row[1] for row in _versions(warehouse)] == [5, 9]


def test_new_columns_and_misfits_are_in_both_tables(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5", rate="1")], plan=(
        *fields("amount:number"), *fields("rate:number"),
    )))  # fmt: skip
    warehouse.load(warehouse.land([record("1", 9, amount="many")]))
    found = warehouse.rows(
        "select amount::int, amount__text, rate::int from raw_toy.deals_versions order by _load_id"
    )
    assert found == [(5, None, 1), (None, "many", 1)]


def test_a_column_keeps_its_type_while_an_old_version_has_a_value(warehouse: Warehouse) -> None:
    number, text = fields("amount:number rate:number"), fields("amount:number rate")
    warehouse.load(warehouse.land([record("1", 5, rate="1")], plan=number))
    warehouse.load(warehouse.land([record("1", 6, rate=None)], plan=number))
    warehouse.load(warehouse.land([record("1", 7, rate="high")], plan=text))
    found = warehouse.rows(
        "select rate::int, rate__text from raw_toy.deals_versions order by _load_id"
    )
    assert found == [(1, None), (None, None), (None, "high")]


def test_what_raw_holds_already_is_the_first_version(tmp_path: Path) -> None:
    before = Warehouse(tmp_path)
    before.load(before.land([record("1", 5, amount="5")]))
    after = Warehouse(tmp_path, KEEPING)
    # The landings are numbered from the beginning again.
    shutil.rmtree(tmp_path / "toy")
    after.land([record("1", 5, amount="5")])
    after.load(after.land([record("1", 9, amount="9")]))
    assert _versions(after) == [("1", 5, False, _at(5), "0001"), ("1", 9, False, _at(9), "0002")]
