"""The published file beside the oracle: the one place here that opens a warehouse's file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.oracle.tally import Row

Key = tuple[str, str, date, str, str]
Values = tuple[Decimal | int | bool | None, ...]

FIELDS = ("numerator", "denominator", "value", "n", "is_mature")
# Counts and cents to the last digit; a quotient as far as doubles reach.
_NEAR = Decimal("1e-9")
_RELATIVE = Decimal("1e-12")


@dataclass(frozen=True)
class Difference:
    """None is a side that has no such row."""

    key: Key
    published: Values | None
    expected: Values | None


@dataclass
class Result:
    """Of one KPI. Without any published row, `is_absent`."""

    kpi_id: str
    compared: int = 0
    is_absent: bool = False
    differences: list[Difference] = field(default_factory=list)


def published(path: Path) -> tuple[dict[Key, Values], list[Key]]:
    """The rows by key, and the keys that stand more than once."""
    with duckdb.connect(path, read_only=True) as connection:
        # A warehouse keeps the same table in a schema of its own.
        (schema,) = connection.execute(
            "select min(table_schema) from information_schema.tables"
            " where table_name = 'pub_kpi_values'"
        ).fetchone() or (None,)
        if schema is None:
            raise LookupError(f"{path} holds no pub_kpi_values")
        rows = connection.execute(
            f"""
            select kpi_id, period_grain, period_start, dimension, dimension_value,
                numerator, denominator, value, n, is_mature
            from {schema}.pub_kpi_values
            """
        ).fetchall()
    counts = Counter(row[:5] for row in rows)
    twice = [key for key, count in counts.items() if count > 1]
    return {row[:5]: row[5:] for row in rows}, twice


def compare(path: Path, expected: Iterable[Row]) -> list[Result]:
    found, twice = published(path)
    results: dict[str, Result] = {}
    present = {key[0] for key in found}
    spoken: dict[str, set[Key]] = defaultdict(set)
    for row in expected:
        result = results.setdefault(
            row.kpi_id, Result(row.kpi_id, is_absent=row.kpi_id not in present)
        )
        if result.is_absent:
            continue
        key = (
            row.kpi_id, row.period_grain, row.period_start, row.dimension, row.dimension_value
        )  # fmt: skip
        if key in spoken[row.kpi_id]:
            raise ValueError(f"the oracle speaks twice of {key}")
        spoken[row.kpi_id].add(key)
        result.compared += 1
        values = found.get(key)
        wanted = (row.numerator, row.denominator, row.value, row.n, row.is_mature)
        if values is None:
            if not _is_optional(row.dimension, wanted):
                result.differences.append(Difference(key, None, wanted))
        elif not _agree(values, wanted, row.unsaid):
            result.differences.append(Difference(key, values, wanted))
    for key, values in found.items():
        if key[0] in results and key not in spoken[key[0]]:
            results[key[0]].compared += 1
            if not _is_optional(key[3], values):
                results[key[0]].differences.append(Difference(key, values, None))
    for key in twice:
        if key[0] in results:
            results[key[0]].differences.append(Difference(key, found[key], found[key]))
    return list(results.values())


def _is_optional(dimension: str, values: Values) -> bool:
    """A row of a part in which nothing happened may stand or not; a total has to."""
    numerator, denominator, value, *_ = values
    if dimension == "total":
        return False
    if denominator is None:
        return not value  # a sum of nothing, a percentile of nothing
    return not denominator or (not numerator and not value and not denominator)


def _agree(values: Values, wanted: Values, unsaid: frozenset[str]) -> bool:
    return all(
        name in unsaid or _same(left, right)
        for name, left, right in zip(FIELDS, values, wanted, strict=True)
    )


def _same(left: Decimal | int | bool | None, right: Decimal | int | bool | None) -> bool:
    if left is None or right is None or isinstance(left, bool):
        return left is right
    if left == right:
        return True
    wanted = Decimal(right)
    return abs(Decimal(str(left)) - wanted) <= max(_NEAR, _RELATIVE * abs(wanted))
