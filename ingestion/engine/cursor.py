"""The books of `_ingestion`: which landings raw holds, and up to when an entity has been read.

Both are written in the transaction of the rows they speak of.
"""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from ingestion.engine.landing import Manifest

# A backfill reads what it was asked to; a sweep looks for what is gone. Neither has seen all
# changes up to now.
_MOVING = ("incremental", "full", "whole")


def cursors(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, datetime]:
    """Up to when each entity has been read; empty before the first load."""
    if not _has_books(connection):
        return {}
    rows = connection.execute(
        "select entity, cursor_at from _ingestion.cursors where source = ?", [source]
    ).fetchall()
    return {entity: at.replace(tzinfo=UTC) for entity, at in rows}


def starts(
    connection: duckdb.DuckDBPyConnection, source: str, *, now: datetime, own_now: datetime
) -> dict[str, datetime]:
    """From when on each entity's changes are to be read, when it is `now` at the vendor.

    The cursor is the vendor's own time, and its clock may have been ahead. Ours tells how long ago
    that was: where the vendor's has gone on by less since, what changed meanwhile is read as well.
    """
    if not _has_books(connection):
        return {}
    rows = connection.execute(
        "select c.entity, c.cursor_at, l.landed_at from _ingestion.cursors c "
        "join _ingestion.loads l using (source, entity, load_id) where source = ?",
        [source],
    ).fetchall()
    return {
        entity: min(at.replace(tzinfo=UTC), now - (own_now - landed_at.replace(tzinfo=UTC)))
        for entity, at, landed_at in rows
    }


def loaded_ids(connection: duckdb.DuckDBPyConnection, source: str, entity: str) -> set[str]:
    rows = connection.execute(
        "select load_id from _ingestion.loads "
        "where source = ? and entity = ? and status = 'loaded'",
        [source, entity],
    ).fetchall()
    return {load_id for (load_id,) in rows}


def book(connection: duckdb.DuckDBPyConnection, manifest: Manifest, *, loaded_at: datetime) -> None:
    """Write the load, and move the cursor forward if the load read all changes up to its end."""
    window = manifest.window
    connection.execute(
        "insert into _ingestion.loads values (?, ?, ?, 'loaded', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)",
        [
            manifest.source,
            manifest.entity,
            manifest.load_id,
            manifest.mode,
            naive(window.start) if window.start else None,
            naive(window.end),
            manifest.rows,
            manifest.requests,
            manifest.bytes,
            manifest.seconds,
            manifest.api_version,
            naive(manifest.landed_at),
            naive(loaded_at),
        ],
    )
    if manifest.mode not in _MOVING:
        return
    key = [manifest.source, manifest.entity]
    before = connection.execute(
        "select cursor_at from _ingestion.cursors where source = ? and entity = ?", key
    ).fetchone()
    if before is not None and before[0] >= naive(window.end):
        return
    connection.execute("delete from _ingestion.cursors where source = ? and entity = ?", key)
    connection.execute(
        "insert into _ingestion.cursors values (?, ?, ?, ?, ?)",
        [*key, naive(window.end), manifest.load_id, naive(loaded_at)],
    )


def naive(instant: datetime) -> datetime:
    """As DuckDB's TIMESTAMP keeps it: UTC without saying so."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def _has_books(connection: duckdb.DuckDBPyConnection) -> bool:
    row = connection.execute(
        "select 1 from duckdb_tables() where schema_name = '_ingestion' and table_name = 'cursors'"
    ).fetchone()
    return row is not None
