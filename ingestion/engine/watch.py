"""Which records are to be looked at although no change stamp of theirs need move: those that are
likely to get new links, and those that may be restored."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.warehouse import quoted
from ingestion.model import Entity, Source

# People tidy up what they have just worked on. A month also covers the late link that comes with
# the month's closing; older ones wait for the sweep.
WATCHED_FOR = timedelta(days=30)
# No vendor keeps a bin for longer.
RESTORED_WITHIN = timedelta(days=90)


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


def binned_ids(
    connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity, since: datetime
) -> tuple[str, ...]:
    """Ids of the records that lay in the vendor's bin when they were read last, if they can be
    restored from it. Merged ones cannot."""
    table = entity.tables[0]
    if table.deleted is None or not table.deleted_at:
        return ()
    key = quoted(table.key[0])
    in_bin = " and ".join(f"{quoted(column)} is not null" for column in table.deleted_at)
    rows = connection.execute(
        f"select {key} from {source.schema}.{quoted(table.name)} "
        f"where _is_deleted and _merged_into is null and {in_bin} and _deleted_at >= ? "
        f"order by {key}",
        [naive(since - RESTORED_WITHIN)],
    ).fetchall()
    return tuple(key for (key,) in rows)
