"""The warehouse file: opening it in turn with other processes, its schemas and tables."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.engine.ending import check, interruptible
from ingestion.engine.errors import WarehouseBusyError, WarehouseError
from ingestion.model import Entity, Field, FieldType, Source, Table

logger = logging.getLogger(__name__)

# A dbt build of a large warehouse may hold the file for minutes; a pull should outwait it.
LONGEST_WAIT = 600.0
# Loading 500,000 deals, and merging them with themselves, keeps the process below 600 MB with this:
# the text of two chunks of pages stands beside it.
MEMORY_MB = 250
# DuckDB keeps buffers for every column and thread, however few the rows: 900 properties of HubSpot
# deals were measured to need 700 MB with two threads.
WIDE_FIELDS = 200
MEMORY_MB_PER_FIELD = 1
THREADS_FOR_WIDE = 2
MOST_THREADS = 4  # each has buffers of its own

COLUMN_TYPES: Mapping[FieldType, str] = {
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "number": "DECIMAL(38,10)",
    "date": "DATE",
    "instant": "TIMESTAMP",
}

OWN_COLUMNS: Mapping[str, str] = {
    "_changed_at": "TIMESTAMP",
    "_landed_at": "TIMESTAMP",
    "_load_id": "VARCHAR",
    "_is_deleted": "BOOLEAN not null",
    "_deleted_at": "TIMESTAMP",
    "_merged_into": "VARCHAR",
}

_BOOKS = """
create schema if not exists _ingestion;
create table if not exists _ingestion.cursors (
    source varchar not null, entity varchar not null, cursor_at timestamp not null,
    load_id varchar not null, committed_at timestamp not null
);
create table if not exists _ingestion.loads (
    source varchar not null, entity varchar not null, load_id varchar not null,
    status varchar not null, mode varchar not null, window_start timestamp, window_end timestamp,
    rows bigint not null, requests bigint not null, bytes bigint not null, seconds double not null,
    api_version varchar not null, landed_at timestamp not null, loaded_at timestamp not null,
    reason varchar
);
create table if not exists _ingestion.fields (
    source varchar not null, entity varchar not null, table_name varchar not null,
    field varchar not null, type varchar not null, label varchar not null,
    is_calculated boolean not null, is_personal boolean not null, is_hashed boolean not null,
    first_load_id varchar not null, last_load_id varchar not null, removed_at timestamp
);
create table if not exists _ingestion.schema_changes (
    source varchar not null, entity varchar not null, table_name varchar not null,
    field varchar not null, change varchar not null, old varchar, new varchar, reason varchar,
    load_id varchar not null, noticed_at timestamp not null
);
create table if not exists _ingestion.reconciliation (
    source varchar not null, entity varchar not null, load_id varchar not null,
    mode varchar not null, window_end timestamp not null, measure varchar not null,
    vendor_rows bigint, raw_rows bigint not null, gap bigint, in_flight bigint not null,
    vendor_value decimal(38, 10), raw_value decimal(38, 10), is_within boolean, note varchar,
    counted_at timestamp, checked_at timestamp not null
);
create table if not exists _ingestion.healings (
    source varchar not null, entity varchar not null, mode varchar not null,
    begun_at timestamp not null
);
create table if not exists _ingestion.erasures_due (
    source varchar not null, entity varchar not null, id varchar not null,
    person_entity varchar not null, person varchar not null, is_sole boolean not null,
    load_id varchar not null, noticed_at timestamp not null
);
create table if not exists _ingestion.erasures (
    source varchar not null, entity varchar not null, id_hash varchar not null,
    erased_at timestamp not null,
    rows bigint not null, files bigint not null, cleaned_at timestamp
);
"""


SMALLEST_FILE = 3 * 4096  # DuckDB's headers; a shorter file has never held anything
INTERRUPTED = "Query interrupted"  # what DuckDB makes of Ctrl-C
_NOT_WRITTEN = "could not write file"
# What speaks of the file or the machine, not of a statement.
_FILE_ERRORS = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
    duckdb.OutOfMemoryException,
)


@contextmanager
def opened(
    path: Path,
    *,
    read_only: bool = False,
    wait: float = LONGEST_WAIT,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection, after waiting for another process that holds the file, but not for ever."""
    if not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WarehouseError(
                f"the folder {path.parent} cannot be made: {error.strerror}"
            ) from error
    until = clock() + wait
    pause = 0.05
    has_told = False
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only)
            break
        except duckdb.Error as error:
            if not isinstance(error, duckdb.IOException) or "lock" not in str(error).lower():
                if _is_stub(path) and not is_end_of_file(error):
                    _begin_anew(path)
                    continue
                raise WarehouseError(_cannot_open(path, error)) from error
            if clock() >= until:
                raise WarehouseBusyError(
                    f"{path.name}: another process held the file for more than {wait:.0f} s"
                ) from error
            if not has_told:
                logger.warning("%s: another process has the file open; waiting for it", path.name)
                has_told = True
        sleep(pause)
        pause = min(pause * 1.5, 1.0)
    try:
        with interruptible(connection.interrupt):
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("set preserve_insertion_order = false")
            make_room(connection, 0)
            yield connection
    except duckdb.Error as error:
        check()
        if isinstance(error, _FILE_ERRORS) or is_end_of_file(error):
            raise WarehouseError(told(path, error)) from error
        raise
    except RuntimeError as error:
        if str(error) == INTERRUPTED:
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.close()


def _is_stub(path: Path) -> bool:
    """Whether the file ends before its headers do: whoever made it had no room, or no time."""
    return path.is_file() and path.stat().st_size < SMALLEST_FILE


def _begin_anew(path: Path) -> None:
    path.unlink()
    try:
        with duckdb.connect(str(path)) as connection:
            prepare_books(connection)
    except duckdb.Error as error:
        raise WarehouseError(_cannot_open(path, error)) from error


def make_room(connection: duckdb.DuckDBPyConnection, fields: int) -> None:
    """Set memory and threads to what records of so many fields take."""
    extra = max(0, fields - WIDE_FIELDS) * MEMORY_MB_PER_FIELD
    connection.execute(f"set memory_limit = '{MEMORY_MB + extra}MB'")
    connection.execute("reset threads")
    most = THREADS_FOR_WIDE if extra else MOST_THREADS
    connection.execute(f"set threads = {min(most, _threads(connection))}")


@contextmanager
def one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For inserts. One thread writes full row groups to the file as it goes; of several, each keeps
    a part of its own, and all that the transaction has inserted stays in memory until the commit."""
    threads = _threads(connection)
    connection.execute("set threads = 1")
    yield
    # Not after an error: a transaction that has failed takes no more words, and room is made anew
    # for the next.
    connection.execute(f"set threads = {threads}")


def _threads(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select current_setting('threads')").fetchone()
    return int(row[0]) if row else 1


def is_end_of_file(error: duckdb.Error) -> bool:
    """Whether nothing more can be written after this error."""
    return isinstance(error, duckdb.FatalException) or _NOT_WRITTEN in str(error).lower()


def told(path: Path, error: duckdb.Error) -> str:
    """What has become of the file. DuckDB's own text may quote values."""
    if _NOT_WRITTEN in str(error).lower():
        # What follows is the operating system's reason: no space left, file too large.
        reason = str(error).rpartition(": ")[2].strip()
        return f"{path.name} cannot be written: {reason}"
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{path.name}: memory or the disk beside it does not suffice"
    return (
        f"{path} cannot be read or written ({type(error).__name__}); if it is damaged, move it "
        "away and run `rebuild` for each source: raw is made anew from landing"
    )


def _cannot_open(path: Path, error: duckdb.Error) -> str:
    said = str(error).lower()
    for reason in ("permission denied", "read-only file system", "is a directory"):
        if reason in said:
            return f"{path} cannot be opened: {reason}"
    return told(path, error)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def prepare_books(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_BOOKS)


def prepare_tables(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make every table of the source with at least its expected columns."""
    connection.execute(f"create schema if not exists {source.schema}")
    for entity in source.entities.values():
        prepare_entity(connection, source, entity)


def prepare_entity(connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity) -> None:
    """Make the tables of one entity. The source's schema must be there."""
    for table in entity.tables:
        if table.versions_of is None:
            _create(connection, source.schema, table)
        else:
            _copy(connection, source.schema, table.versions_of, table.name)
    for table in entity.tables:
        if table.versions_of is None:
            also = entity.versions(table.name)
            add_columns(connection, source.schema, table.name, table.columns, also=also)


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """Column names as stored, with their types, in order; none where there is no such table."""
    name = f"{quoted(schema)}.{quoted(table)}"
    try:
        # Of one table alone: duckdb_columns() looks at all that the file has, each time.
        rows = connection.execute(
            f"select name, type from pragma_table_info({literal(name)}) order by cid"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return dict(rows)


def add_columns(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    fields: Sequence[Field],
    *,
    also: Sequence[str] = (),
) -> list[str]:
    """Add the columns that the table lacks; return their names. The tables of `also` have the same.

    A column keeps its type once it holds values: what no longer fits goes to `<name>__text`. One
    that is still empty takes the type that the vendor's metadata says.
    """
    known = {
        name.lower(): (name, kind) for name, kind in columns_of(connection, schema, table).items()
    }
    targets = [f"{schema}.{quoted(name)}" for name in (table, *also)]
    added: list[str] = []
    for field in fields:
        kind = COLUMN_TYPES[field.type]
        present = known.get(field.name.lower())
        if present is None:
            for target in targets:
                connection.execute(f"alter table {target} add column {quoted(field.name)} {kind}")
            known[field.name.lower()] = (field.name, kind)
            added.append(field.name)
        elif present[1] != kind and all(
            _is_empty(connection, target, present[0]) for target in targets
        ):
            for target in targets:
                connection.execute(
                    f"alter table {target} alter column {quoted(present[0])} type {kind}"
                )
            known[field.name.lower()] = (present[0], kind)
    return added


def _is_empty(connection: duckdb.DuckDBPyConnection, target: str, column: str) -> bool:
    texts = f"{column}__text"
    schema, _, table = target.partition(".")
    has_texts = texts in columns_of(connection, schema, table.strip('"'))
    also = f" or {quoted(texts)} is not null" if has_texts else ""
    row = connection.execute(
        f"select 1 from {target} where {quoted(column)} is not null{also} limit 1"
    ).fetchone()
    return row is None


def _create(connection: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    columns = [f"{quoted(field.name)} {COLUMN_TYPES[field.type]}" for field in table.columns]
    columns += [f"{name} {kind}" for name, kind in OWN_COLUMNS.items()]
    connection.execute(
        f"create table if not exists {schema}.{quoted(table.name)} ({', '.join(columns)})"
    )


def _copy(connection: duckdb.DuckDBPyConnection, schema: str, table: str, name: str) -> None:
    """Make the table of versions of another: what that one holds when it is made comes first."""
    connection.execute(
        f"create table if not exists {schema}.{quoted(name)} as "
        f"select *, _changed_at as _valid_from from {schema}.{quoted(table)}"
    )
