"""The comparison sees what differs, and lets stand what may be written either way."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.oracle.compare import compare
from tests.oracle.families import FAMILIES, all_rows
from tests.oracle.tally import Row
from tests.oracle.tiny import calendar, world

SEED = Path(__file__).parents[2] / "dbt_project" / "seeds" / "kpi" / "kpi_catalogue.csv"
DAY = date(2025, 2, 1)

Publish = Callable[..., Path]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    def _publish(*rows: tuple[object, ...]) -> Path:
        path = tmp_path / "published.duckdb"
        with duckdb.connect(path) as connection:
            connection.execute(
                "create table pub_kpi_values (kpi_id varchar, period_grain varchar,"
                " period_start date, dimension varchar, dimension_value varchar,"
                " numerator decimal(38, 10), denominator decimal(38, 10),"
                " value decimal(38, 10), n bigint, is_mature boolean)"
            )
            for row in rows:
                connection.execute(
                    "insert into pub_kpi_values values (?, 'month', ?, ?, ?, ?, ?, ?, ?, ?)",
                    [row[0], DAY, *row[1:], None],
                )
        return path

    return _publish


def expected(place: str, *values: Decimal | int | None, unsaid: str = "") -> Row:
    numbers = [None if each is None else Decimal(each) for each in values[:3]]
    n = values[3]
    assert n is None or isinstance(n, int)
    dimension = "total" if place == "total" else "owner"
    return Row("a", "month", DAY, dimension, place, *numbers, n, frozenset(unsaid.split()))


def test_equal_rows_are_equal_as_far_as_doubles_reach(publish: Publish) -> None:
    third = Decimal("0.3333333333")
    path = publish(("a", "total", "total", 1, 3, Decimal("0.3333333334"), 3))
    (result,) = compare(path, [expected("total", 1, 3, third, 3)])
    assert (result.compared, result.differences) == (1, [])


@pytest.mark.parametrize("column", range(4))
def test_every_field_is_compared(publish: Publish, column: int) -> None:
    values = [1, 3, Decimal("0.3333333333"), 3]
    values[column] += 1
    path = publish(("a", "total", "total", *values))
    wanted = expected("total", 1, 3, Decimal("0.3333333333"), 3)
    assert len(compare(path, [wanted])[0].differences) == 1
    free = ("numerator", "denominator", "value", "n")[column]
    wanted = expected("total", 1, 3, Decimal("0.3333333333"), 3, unsaid=free)
    assert compare(path, [wanted])[0].differences == []


def test_a_cent_of_a_hundred_million_is_seen(publish: Publish) -> None:
    amount = Decimal("123456789.01")
    path = publish(("a", "total", "total", amount, None, amount, 1))
    more = amount + Decimal("0.01")
    assert compare(path, [expected("total", more, None, more, 1)])[0].differences


def test_a_total_has_to_stand_and_an_empty_part_need_not(publish: Publish) -> None:
    path = publish(("a", "owner", "Ana", 0, 0, None, 0), ("a", "owner", "Bea", 1, 2, 0.5, 2))
    rows = [expected("total", 0, 0, None, 0), expected("Cid", 0, 0, None, 0)]
    (result,) = compare(path, rows)
    assert [(one.key[4], one.published is None) for one in result.differences] == [
        ("total", True),
        ("Bea", False),
    ]
    assert compare(path, [expected("Bea", 1, 2, Decimal("0.5"), 2)])[0].differences == []


def test_null_is_not_zero(publish: Publish) -> None:
    path = publish(("a", "total", "total", 0, 0, 0, 0))
    assert compare(path, [expected("total", 0, 0, None, 0)])[0].differences


def test_two_rows_of_one_label_are_a_difference(publish: Publish) -> None:
    row = ("a", "total", "total", 1, None, 1, 1)
    assert compare(publish(row, row), [expected("total", 1, None, 1, 1)])[0].differences


def test_a_kpi_without_rows_is_named(publish: Publish) -> None:
    path = publish(("b", "total", "total", 1, None, 1, 1))
    (result,) = compare(path, [expected("total", 1, None, 1, 1)])
    assert (result.kpi_id, result.is_absent) == ("a", True)


def test_the_oracle_speaks_of_every_kpi_of_its_families_and_of_no_other() -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        listed = {row["kpi_id"] for row in csv.DictReader(file) if row["family"] in FAMILIES}
    # Nothing has happened in this world: totals of every period, but for what has no total.
    spoken = {row.kpi_id for row in all_rows(world(), calendar())}
    assert spoken == listed - {"attach_rate", "ramp_attainment"}


def test_in_an_empty_world_every_ratio_is_null_and_every_count_is_zero() -> None:
    for row in all_rows(world(), calendar()):
        assert (row.dimension, row.n or 0) == ("total", 0), row
        if row.denominator is not None:
            assert (row.denominator, row.value) == (0, None), row
        elif row.numerator is not None:
            assert not row.numerator, row
            assert not row.value, row
