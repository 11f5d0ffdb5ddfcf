"""Which records are likely to get new links: a link moves no change stamp of theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.warehouse import quoted
from ingestion.model import Entity, Source

# People tidy up what they have just worked on. A month also covers the late link that comes with
# the month's closing; older ones wait for the sweep.
WATCHED_FOR = timedelta(days=30)


def watched_ids(
    connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity, since: datetime
) -> tuple[str, ...]:
    """Ids of the live records to watch, when changes were last read up to `since`."""
    if entity.watched_while is None:
        return ()
    table = entity.tables[0]
    key = quoted(table.key[0])
    rows = connection.execute(
        f"select {key} from {source.schema}.{quoted(table.name)} where not _is_deleted "
        f"and (({entity.watched_while}) or _changed_at >= ?) order by {key}",
        [naive(since - WATCHED_FOR)],
    ).fetchall()
    return tuple(key for (key,) in rows)
