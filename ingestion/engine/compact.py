"""The warehouse file written anew: DuckDB keeps the bytes of what was deleted until it needs the place.

Overwriting the free blocks would not do: blocks that are in use share their rests with old values.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.errors import WarehouseError
from ingestion.engine.warehouse import literal, make_room, opened, quoted, told

logger = logging.getLogger(__name__)

# A process that opened the old file a moment before it was replaced must still meet its lock.
GRACE = 0.25
# Schemas beside those of raw that hold nothing of people.
OURS = ("_ingestion", "_quality")


def clean(warehouse: Path, *, is_made_anew: bool, is_fresh: bool = False) -> bool:
    """Write the file anew if people were erased from it since it was; return whether it was.

    What other schemas hold was made of raw: the file is clean when that `is_made_anew`, or when
    there is nothing of the kind. `is_fresh`: the erasure has just been.
    """
    if not warehouse.exists():
        return False
    with opened(warehouse) as connection:
        is_final = is_made_anew or not _has_others(connection)
        if not is_due(connection) or not (is_final or is_fresh):
            return False
    rewrite(warehouse)
    if not is_final:
        return True
    with opened(warehouse) as connection:
        connection.execute(
            "update _ingestion.erasures set cleaned_at = ? where cleaned_at is null",
            [naive(datetime.now(UTC))],
        )
    return True


def rewrite(warehouse: Path) -> None:
    """Copy all that is there into a file of its own and put it in the old one's place."""
    started = time.monotonic()
    for left in warehouse.parent.glob(f".{warehouse.name}.*.building*"):
        left.unlink()
    with opened(warehouse) as connection:
        connection.execute("checkpoint")
    beside = warehouse.with_name(f".{warehouse.name}.{uuid.uuid4().hex}.building")
    name = quoted(warehouse.stem)
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute("set preserve_insertion_order = false")
            make_room(connection, 0)
            # Read-only, but held: nobody writes to the old file until the new one stands there.
            connection.execute(f"attach {literal(str(warehouse))} as {name} (read_only)")
            connection.execute(f"attach {literal(str(beside))} as fresh")
            connection.execute(f"copy from database {name} to fresh")
            connection.execute("checkpoint fresh")
            connection.execute("detach fresh")
            _flush(beside)
            beside.replace(warehouse)
            _flush(warehouse.parent)
            time.sleep(GRACE)
    except duckdb.Error as error:
        raise WarehouseError(told(warehouse, error)) from error
    finally:
        beside.unlink(missing_ok=True)
        Path(f"{beside}.wal").unlink(missing_ok=True)
    logger.info("%s was written anew in %.1f s", warehouse.name, time.monotonic() - started)


def is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file may hold what was erased."""
    has_books = connection.execute(
        "select 1 from duckdb_tables() where schema_name = '_ingestion' and table_name = 'erasures'"
    ).fetchone()
    if has_books is None:
        return False
    row = connection.execute(
        "select 1 from _ingestion.erasures where cleaned_at is null limit 1"
    ).fetchone()
    return row is not None


def _has_others(connection: duckdb.DuckDBPyConnection) -> bool:
    row = connection.execute(
        "select 1 from duckdb_tables() where not internal and not temporary "
        "and schema_name not like 'raw\\_%' escape '\\' and schema_name not in "
        f"({', '.join(map(literal, OURS))}) limit 1"
    ).fetchone()
    return row is not None


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
