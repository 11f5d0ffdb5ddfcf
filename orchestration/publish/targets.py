"""Where the published views go: one class per kind of target.

A target reads the views of one schema from the warehouse and puts all of them in place at once, or,
when anything fails, leaves what readers see as it was.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import duckdb

SCHEMA = "publish"
_EVER = datetime.fromtimestamp(0, UTC)


class PublicationError(Exception):
    """Nothing was published; the message says which relation is at fault."""


@dataclass(frozen=True)
class Published:
    """One table as readers now find it."""

    name: str
    rows: int
    columns: int


class Target(Protocol):
    def publish(self, warehouse: Path, names: Sequence[str]) -> list[Published]: ...


@dataclass(frozen=True)
class DuckDbFile:
    """One file with a table per view, replaced as a whole.

    A reader who has the old file open keeps it; one who opens the path again finds the new one.
    """

    path: Path

    def publish(self, warehouse: Path, names: Sequence[str]) -> list[Published]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._sweep()
        beside = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}.building")
        try:
            with _reading(warehouse) as connection:
                # The oldest format of the 1.x line, so that any client of it opens the file.
                connection.execute(f"attach {_text(beside)} as target (storage_version 'v1.0.0')")
                tables = [_copy_table(connection, name) for name in names]
                connection.execute("checkpoint target")
                connection.execute("detach target")
            _flush(beside)
            beside.replace(self.path)
            _flush(self.path.parent)
        finally:
            beside.unlink(missing_ok=True)
            Path(f"{beside}.wal").unlink(missing_ok=True)
        return tables

    def _sweep(self) -> None:
        """Remove what a publication that was killed left behind."""
        for left in self.path.parent.glob(f".{self.path.name}.*.building*"):
            left.unlink()


@dataclass(frozen=True)
class ParquetFolder:
    """One Parquet file per view in a folder of its own per publication; `path` is a link to it.

    The link is replaced, never the folder, and the publication before stays on disk for readers
    who resolved the link a moment ago, unless a person was erased since it was made.
    """

    path: Path

    def publish(self, warehouse: Path, names: Sequence[str]) -> list[Published]:
        versions = self.path.parent / f".{self.path.name}"
        versions.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and not self.path.is_symlink():
            raise PublicationError(f"{self.path.name} is in the way: a link is to stand there")
        before = self.path.resolve().name if self.path.is_symlink() else None
        version = versions / uuid.uuid4().hex
        version.mkdir()
        link = versions / f"{version.name}.link"
        try:
            with _reading(warehouse) as connection:
                forgotten = _last_erasure(connection)
                files = [
                    _copy_file(connection, name, version / f"{name}.parquet") for name in names
                ]
            for file in version.iterdir():
                _flush(file)
            _flush(version)
            link.symlink_to(version.relative_to(self.path.parent))
            link.replace(self.path)
            _flush(self.path.parent)
        except BaseException:
            link.unlink(missing_ok=True)
            shutil.rmtree(version, ignore_errors=True)
            raise
        if before is not None and _made_at(versions / before) <= forgotten:
            before = None  # it may hold a person who has been erased since
        _remove_others(versions, keep={version.name, before})
        return files


@contextmanager
def _reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose present catalog is the warehouse, under the name its views were made by."""
    if not warehouse.exists():
        raise PublicationError(f"there is no warehouse file {warehouse.name}")
    with duckdb.connect(":memory:") as connection:
        # Nothing may be fetched while a publication runs.
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach {_text(warehouse)} as {_name(warehouse.stem)} (read_only)")
        connection.execute(f"use {_name(warehouse.stem)}")
        yield connection


def _last_erasure(connection: duckdb.DuckDBPyConnection) -> datetime:
    """When a person was last erased from raw; the beginning of time when nobody was."""
    has_books = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() "
        "and schema_name = '_ingestion' and table_name = 'erasures'"
    ).fetchone()
    last = None
    if has_books is not None:
        row = connection.execute("select max(erased_at) from _ingestion.erasures").fetchone()
        last = row[0] if row else None
    return _EVER if last is None else last.replace(tzinfo=UTC)


def _made_at(folder: Path) -> datetime:
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _copy_table(connection: duckdb.DuckDBPyConnection, name: str) -> Published:
    source = f"{_name(SCHEMA)}.{_name(name)}"
    table = f"target.main.{_name(name)}"
    _require(connection, name)
    # In one order whatever the threads did: the same rows give the same file.
    connection.execute(f"create table {table} as select * from {source} order by all")
    for statement in _comments(connection, name, table):
        connection.execute(statement)
    return _compared(connection, name, source, table)


def _copy_file(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> Published:
    source = f"{_name(SCHEMA)}.{_name(name)}"
    _require(connection, name)
    connection.execute(
        f"copy (select * from {source} order by all) to {_text(file)}"
        " (format parquet, compression zstd)"
    )
    return _compared(connection, name, source, f"read_parquet({_text(file)})")


def _require(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    query = """
        select 1 from duckdb_columns()
        where database_name = current_database() and schema_name = ? and table_name = ? limit 1
    """
    if not connection.execute(query, [SCHEMA, name]).fetchall():
        raise PublicationError(f"{SCHEMA}.{name} is not in the warehouse")


def _compared(
    connection: duckdb.DuckDBPyConnection, name: str, source: str, copy: str
) -> Published:
    expected, found = (
        connection.execute(f"select count(*) from {relation}").fetchall()[0][0]
        for relation in (source, copy)
    )
    if expected != found:
        raise PublicationError(f"{name}: {expected} rows in the warehouse, {found} in the copy")
    columns = connection.execute(f"describe select * from {copy}").fetchall()
    return Published(name=name, rows=found, columns=len(columns))


def _comments(connection: duckdb.DuckDBPyConnection, name: str, table: str) -> Iterator[str]:
    """The statements that give the copy the descriptions of its view."""
    here = "database_name = current_database() and schema_name = ?"
    views = connection.execute(
        f"""
        select comment from duckdb_views() where {here} and view_name = ? and comment is not null
        union all
        select comment from duckdb_tables() where {here} and table_name = ? and comment is not null
        """,
        [SCHEMA, name, SCHEMA, name],
    ).fetchall()
    for (comment,) in views:
        yield f"comment on table {table} is {_text(comment)}"
    columns = connection.execute(
        f"""
        select column_name, comment from duckdb_columns()
        where {here} and table_name = ? and comment is not null
        """,
        [SCHEMA, name],
    ).fetchall()
    for column, comment in columns:
        yield f"comment on column {table}.{_name(column)} is {_text(comment)}"


def _flush(path: Path) -> None:
    """Wait until the file or the folder is on disk: a name must never point at half a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_others(versions: Path, *, keep: set[str | None]) -> None:
    for entry in versions.iterdir():
        if entry.name not in keep:
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
