"""The warehouse file: opening it in turn with other processes, its schemas and tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.engine.errors import WarehouseBusyError
from ingestion.model import Field, FieldType, Source, Table

# A dbt build of a large warehouse may hold the file for minutes; a pull should outwait it.
LONGEST_WAIT = 600.0
# Loading 150,000 rows is as fast with this as with twice as much, and the process stays below 600 MB.
MEMORY_LIMIT = "400MB"

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
"""


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
        path.parent.mkdir(parents=True, exist_ok=True)
    until = clock() + wait
    pause = 0.05
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only)
            break
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            if clock() >= until:
                raise WarehouseBusyError(
                    f"{path.name}: another process held the file for more than {wait:.0f} s"
                ) from error
        sleep(pause)
        pause = min(pause * 1.5, 1.0)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        yield connection
    finally:
        connection.close()


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
        for table in entity.tables:
            _create(connection, source.schema, table)
            add_columns(connection, source.schema, table.name, table.columns)


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    """Column names as stored, with their types, in order."""
    rows = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    return dict(rows)


def add_columns(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, fields: Sequence[Field]
) -> list[str]:
    """Add the columns that the table lacks; return their names.

    A column keeps its type once it holds values: what no longer fits goes to `<name>__text`. One
    that is still empty takes the type that the vendor's metadata says.
    """
    known = {
        name.lower(): (name, kind) for name, kind in columns_of(connection, schema, table).items()
    }
    target = f"{schema}.{quoted(table)}"
    added: list[str] = []
    for field in fields:
        kind = COLUMN_TYPES[field.type]
        present = known.get(field.name.lower())
        if present is None:
            connection.execute(f"alter table {target} add column {quoted(field.name)} {kind}")
            known[field.name.lower()] = (field.name, kind)
            added.append(field.name)
        elif present[1] != kind and _is_empty(connection, target, present[0]):
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
