"""Ours beside the vendor's own numbers: after every load, a row per entity and measure.

Runs inside the transaction of the load that it speaks of, from the manifest alone, so a rebuild
says the same as the first time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.landing import Manifest
from ingestion.engine.merge import Target, stamp
from ingestion.engine.warehouse import literal, quoted
from ingestion.model import Counted, Loaded, Mode, Reconciled

ROWS = "rows"
SUM = "sum:"
# Vendors add floating-point numbers.
SMALLEST_MONEY = Decimal("0.01")

_UNTOLD = "the vendor tells no number of them"
_PART = "a backfill reads its window and no more"


def reconcile(
    connection: duckdb.DuckDBPyConnection, target: Target, manifest: Manifest
) -> tuple[Reconciled, ...]:
    """Compare the entity's first table with what the vendor has counted, and keep the outcome."""
    counted = manifest.counted
    rows = Decimal(_number(connection, target, _live(target, manifest)))
    if manifest.mode == "backfill" or counted is None:
        note = _PART if manifest.mode == "backfill" else _UNTOLD
        found = [Reconciled(ROWS, None, rows, note=note)]
    else:
        found = [_rows(connection, target, counted, manifest, rows)]
        read = {field.name.lower() for field in manifest.plan.fields}
        hashed = {name.lower() for name in manifest.plan.hashed}
        for name, value in counted.sums.items():
            column = name.partition(":")[0].lower()
            if column in read - hashed and target.has(column):
                found.append(_sum(connection, target, manifest, (name, value), found[0].in_flight))
    _keep(connection, manifest, found)
    return tuple(found)


def remedy(loaded: Loaded) -> Mode | None:
    """What would close the gap that a load has left; None when there is none, or nothing would.

    A sweep marks what is there too much. It does not fetch what is missing: a full load does.
    """
    if not any(one.is_within is False for one in loaded.reconciled):
        return None
    rows = loaded.reconciled[0]
    has_too_many = rows.gap is not None and rows.gap < 0
    if loaded.mode == "incremental":
        is_doubted = rows.is_within is False and rows.gap == 0
        return "sweep" if has_too_many or is_doubted else "full"
    return "full" if loaded.mode == "sweep" and not has_too_many else None


def is_uncounted(loaded: Loaded) -> bool:
    """Changes that no number of the vendor's stands beside: they alone cannot show what is gone."""
    return loaded.mode == "incremental" and any(one.note == _UNTOLD for one in loaded.reconciled)


def told(loaded: Loaded) -> list[str]:
    """A sentence for each measure that is not within."""
    return [
        f"{_measured(one)}: the vendor has {_plain(one.vendor)}, raw {_plain(one.raw)}"
        + (f" ({one.in_flight} in flight)" if one.in_flight else "")
        + (f"; {one.note}" if one.note else "")
        for one in loaded.reconciled
        if one.is_within is False
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    counted: Counted,
    manifest: Manifest,
    rows: Decimal,
) -> Reconciled:
    vendor = Decimal(counted.rows)
    in_flight = counted.changed_since
    if counted.lag:
        since = manifest.window.end - timedelta(seconds=counted.lag)
        in_flight += _unsettled(connection, target, since, is_deleted=vendor > rows)
    return Reconciled(
        ROWS,
        vendor,
        rows,
        in_flight,
        is_within=abs(vendor - rows) <= in_flight and counted.doubt is None,
        note=counted.doubt,
    )


def _sum(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    manifest: Manifest,
    told: tuple[str, str],
    in_flight: int,
) -> Reconciled:
    name, value = told
    column, _, currency = name.partition(":")
    where = _live(target, manifest)
    if currency and target.table.currency and target.has(target.table.currency):
        where += f" and {quoted(target.column(target.table.currency))} = {literal(currency)}"
    row = connection.execute(
        f"select coalesce(sum({quoted(target.column(column))}), 0) from {target.name} where {where}"
    ).fetchone()
    raw = Decimal(str(row[0])) if row else Decimal(0)
    try:
        vendor = Decimal(value)
    except InvalidOperation:
        return Reconciled(SUM + name, None, raw, note="the vendor's sum is no number")
    # Any one record in flight may hold any amount: then the sum proves nothing against us.
    is_within = abs(vendor - raw) <= SMALLEST_MONEY or in_flight > 0
    return Reconciled(SUM + name, vendor, raw, in_flight, is_within)


def _live(target: Target, manifest: Manifest) -> str:
    """Records that are there and were created up to the window's end, as the vendor counts them."""
    where = "not _is_deleted"
    created = [quoted(target.column(name)) for name in target.table.created_at if target.has(name)]
    if created:
        end = stamp(manifest.window.end)
        where += f" and coalesce({', '.join(created)}, {end}) <= {end}"
    return where


def _unsettled(
    connection: duckdb.DuckDBPyConnection, target: Target, since: datetime, *, is_deleted: bool
) -> int:
    """Records that the vendor's count may not know of yet: deleted ones when it is higher than ours,
    live ones when it is lower."""
    mark, column = ("", "_deleted_at") if is_deleted else ("not ", "_changed_at")
    return _number(connection, target, f"{mark}_is_deleted and {column} > {stamp(since)}")


def _keep(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, found: list[Reconciled]
) -> None:
    rows = found[0]
    counted_at = naive(manifest.counted.counted_at) if manifest.counted else None
    for one in found:
        is_sum = one.measure != ROWS
        connection.execute(
            "insert into _ingestion.reconciliation values "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                manifest.source,
                manifest.entity,
                manifest.load_id,
                manifest.mode,
                naive(manifest.window.end),
                one.measure,
                None if rows.vendor is None else int(rows.vendor),
                int(rows.raw),
                None if rows.gap is None else int(rows.gap),
                one.in_flight,
                one.vendor if is_sum else None,
                one.raw if is_sum else None,
                one.is_within,
                one.note,
                counted_at,
                naive(datetime.now(UTC)),
            ],
        )


def _number(connection: duckdb.DuckDBPyConnection, target: Target, where: str) -> int:
    row = connection.execute(f"select count(*) from {target.name} where {where}").fetchone()
    return int(row[0]) if row else 0


def _measured(one: Reconciled) -> str:
    return "records" if one.measure == ROWS else f"sum of {one.measure.removeprefix(SUM)}"


def _plain(number: Decimal | None) -> str:
    return "no number" if number is None else format(number.normalize(), "f")
