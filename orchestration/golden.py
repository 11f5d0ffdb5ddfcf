"""The published numbers beside the ones that the sandbox computed from its own objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import duckdb

Number = Decimal | int | float | None


class Golden(Protocol):
    """A row of the truth; `sandbox.company.truth` yields them."""

    @property
    def kpi_id(self) -> str: ...
    @property
    def period_grain(self) -> str: ...
    @property
    def period_start(self) -> date: ...
    @property
    def dimension(self) -> str: ...
    @property
    def dimension_value(self) -> str: ...
    @property
    def numerator(self) -> Number: ...
    @property
    def denominator(self) -> Number: ...
    @property
    def value(self) -> Number: ...
    @property
    def n(self) -> int | None: ...


Key = tuple[str, str, date, str, str]
FIELDS = ("numerator", "denominator", "value", "n")


@dataclass(frozen=True)
class Difference:
    """`published` and `golden` are the tuples of FIELDS; None where that side has no row."""

    key: Key
    published: tuple[Number, ...] | None
    golden: tuple[Number, ...] | None


def published_values(path: Path) -> dict[Key, tuple[Number, ...]]:
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute(
            """
            select kpi_id, period_grain, period_start, dimension, dimension_value,
                numerator, denominator, value, n
            from pub_kpi_values
            """
        ).fetchall()
    return {(row[0], row[1], row[2], row[3], row[4]): row[5:] for row in rows}


def _same(left: Number, right: Number) -> bool:
    """Counts and money to the last digit; a quotient to nine places, where doubles end."""
    if left is None or right is None:
        return left is right
    return abs(Decimal(str(left)) - Decimal(str(right))) < Decimal("0.000000001")


def differences(path: Path, truth: Iterable[Golden]) -> tuple[int, list[Difference]]:
    """How many golden rows there were, and those that the published file does not repeat.

    A published row without a golden one counts too, where the truth speaks of that KPI, grain and
    dimension at all, unless it says zero of nothing: both ways of writing it are right.
    """
    published = published_values(path)
    golden: dict[Key, tuple[Number, ...]] = {}
    for row in truth:
        key = (row.kpi_id, row.period_grain, row.period_start, row.dimension, row.dimension_value)
        golden[key] = (row.numerator, row.denominator, row.value, row.n)
    found = [
        Difference(key, published.get(key), values)
        for key, values in golden.items()
        if key not in published
        or not all(_same(a, b) for a, b in zip(published[key], values, strict=True))
    ]
    spoken = {(key[0], key[1], key[3]) for key in golden}
    found += [
        Difference(key, values, None)
        for key, values in published.items()
        if (key[0], key[1], key[3]) in spoken and key not in golden and (values[0] or values[3])
    ]
    return len(golden), found
