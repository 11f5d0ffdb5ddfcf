"""Which entities are read again, to close a gap or where nothing can be counted: once a day each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import duckdb

from ingestion.engine.cursor import naive
from ingestion.model import Mode

EVERY = timedelta(days=1)


def unproved(connection: duckdb.DuckDBPyConnection, source: str, entity: str) -> bool:
    """Whether a day has passed, by the vendor's clock, since all of the entity was last listed."""
    row = connection.execute(
        "select max(window_end) - max(window_end) filter (where mode in ('full', 'sweep')) > ? "
        "from _ingestion.loads where source = ? and entity = ? and status = 'loaded'",
        [EVERY, source, entity],
    ).fetchone()
    return row is not None and row[0] is not False


def begin(
    connection: duckdb.DuckDBPyConnection, source: str, wanted: Mapping[str, Mode]
) -> dict[str, Mode]:
    """Those whose turn it is; from now on it is not. By our own clock: the cost is by the day."""
    now = datetime.now(UTC)
    found = connection.execute(
        "select entity from _ingestion.healings where source = ? and begun_at > ?",
        [source, naive(now - EVERY)],
    ).fetchall()
    rested = {entity for (entity,) in found}
    chosen = {entity: mode for entity, mode in wanted.items() if entity not in rested}
    for entity, mode in chosen.items():
        connection.execute(
            "insert into _ingestion.healings values (?, ?, ?, ?)",
            [source, entity, mode, naive(now)],
        )
    return chosen
