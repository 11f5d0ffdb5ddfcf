"""Typed rows into a raw table: the newest version of each key, the children of each parent.

Everything here runs inside the transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.errors import FatalError
from ingestion.engine.landing import Manifest
from ingestion.engine.parse import Cell
from ingestion.engine.values import present, typed
from ingestion.engine.warehouse import OWN_COLUMNS, literal, quoted
from ingestion.model import Reading, Table

TEXTS = "__text"


@dataclass(frozen=True)
class Target:
    """A raw table as it stands: its place and its columns by lower-case name."""

    schema: str
    table: Table
    columns: Mapping[str, tuple[str, str]]

    @property
    def name(self) -> str:
        return f"{self.schema}.{quoted(self.table.name)}"

    def column(self, name: str) -> str:
        return self.columns[name.lower()][0]

    def type(self, name: str) -> str:
        return self.columns[name.lower()][1]

    def has(self, name: str) -> bool:
        return name.lower() in self.columns


class MissingTextColumnsError(Exception):
    """Values came that fit no column: these `__text` columns must be made, then load again."""

    def __init__(self, table: str, names: Sequence[str]) -> None:
        super().__init__(f"{table}: {', '.join(names)}")
        self.table = table
        self.names = tuple(names)


def stage(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    cells: Sequence[Cell],
    relation: str,
    manifest: Manifest,
    *,
    reading: Reading,
) -> list[str]:
    """Fill `_incoming` with typed rows of the target, one per key; return its data columns."""
    table = target.table
    texts = _texts(cells, relation)
    _check_fit(connection, target, cells, texts)
    selected = []
    for number, cell in enumerate(cells):
        column = target.column(cell.column)
        kind = target.type(cell.column)
        selected.append((quoted(column), typed(f"c{number}", kind)))
        if target.has(column + TEXTS):
            name = quoted(target.column(column + TEXTS))
            selected.append((name, _misfit(f"c{number}", kind)))
    if reading.position is not None:
        selected.append((quoted(target.column(reading.position)), "_position"))
    data = [name for name, _ in selected]
    end = stamp(manifest.window.end)
    changed = _first([*table.changed_at], target, data, end)
    is_deleted = _first([table.deleted] if table.deleted else [], target, data, "false")
    deleted_at = _first([*table.deleted_at], target, data, "_changed_at")
    merged = _first([table.merged_into] if table.merged_into else [], target, data, "null")
    known = f"where {quoted(target.column(reading.known))} is not null" if reading.known else ""
    columns = ", ".join(f"{value} as {name}" for name, value in selected)
    connection.execute(
        f"create or replace temp table _incoming as "
        f"select *, case when _is_deleted then {deleted_at} end as _deleted_at, "
        f"cast({merged} as varchar) as _merged_into from ("
        f"select *, {changed} as _changed_at, {is_deleted} as _is_deleted from ("
        f"select {columns}, _file from {texts}) {known})"
    )
    _check_keys(connection, target, manifest)
    return data


def _check_keys(connection: duckdb.DuckDBPyConnection, target: Target, manifest: Manifest) -> None:
    """One row per key, the newest; rows without a key are an error, not a loss."""
    keys = [quoted(target.column(key)) for key in target.table.key]
    empty = " or ".join(f"{key} is null" for key in keys)
    row = connection.execute(
        f"select count(*) filter (where {empty}), count(*), count(distinct row({', '.join(keys)})) "
        f"from _incoming"
    ).fetchone()
    without, rows, distinct = row or (0, 0, 0)
    if without:
        raise FatalError(
            f"{manifest.source}.{manifest.entity}: {without} rows for {target.table.name} without "
            f"{' and '.join(target.table.key)}"
        )
    if rows > distinct:
        connection.execute(
            f"create or replace temp table _incoming as select * from _incoming qualify "
            f"row_number() over (partition by {', '.join(keys)} "
            f"order by _changed_at desc, _file desc) = 1"
        )


def upsert(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    data: Sequence[str],
    manifest: Manifest,
    *,
    is_partial: bool,
    newest_landing_wins: bool,
) -> int:
    """Merge `_incoming` by key; return how many rows were written.

    Rows that say nothing new stay untouched. A partial reading (a sweep) refreshes what it has
    read of rows that are there, and nothing else.
    """
    keys = [quoted(target.column(key)) for key in target.table.key]
    values = [column for column in data if column not in keys]
    stamps = [quoted(target.column(name)) for name in target.table.changed_at]
    if is_partial:
        values = [column for column in values if column not in stamps]
    matched = " and ".join(f"t.{key} = i.{key}" for key in keys)
    differs = " or ".join(
        f"t.{column} is distinct from i.{column}" for column in [*values, "_is_deleted"]
    )
    is_newer = "true" if newest_landing_wins else "i._changed_at >= t._changed_at"
    setting = [f"{column} = i.{column}" for column in values]
    setting += [
        f"_landed_at = {stamp(manifest.landed_at)}",
        f"_load_id = {literal(manifest.load_id)}",
        "_is_deleted = i._is_deleted",
        "_deleted_at = case when i._is_deleted then coalesce(i._deleted_at, t._deleted_at) end",
        "_merged_into = case when i._is_deleted then coalesce(i._merged_into, t._merged_into) end",
    ]
    if not is_partial:
        setting.append("_changed_at = i._changed_at")
    statement = (
        f"merge into {target.name} t using _incoming i on {matched} "
        f"when matched and {is_newer} and ({differs}) then update set {', '.join(setting)}"
    )
    if not is_partial:
        columns = [*keys, *values]
        statement += (
            f" when not matched then insert ({', '.join([*columns, *OWN_COLUMNS])}) values "
            f"({', '.join(f'i.{column}' for column in columns)}, {_own(manifest)})"
        )
    return count(connection, statement)


def replace(
    connection: duckdb.DuckDBPyConnection, target: Target, data: Sequence[str], manifest: Manifest
) -> tuple[int, int]:
    """Make the rows of each parent in `_parents` those of `_incoming`; return (new, gone)."""
    columns = [quoted(field.name) for field in target.table.columns]
    same = " and ".join(
        f"t.{column} is not distinct from i.{column}" if column in data else f"t.{column} is null"
        for column in columns
    )
    parent = " and ".join(
        f"t.{quoted(target.column(column))} = p.{quoted(target.column(column))}"
        for column in target.table.parent
    )
    gone = count(
        connection,
        f"delete from {target.name} t where exists (select 1 from _parents p where {parent}) "
        f"and not exists (select 1 from _incoming i where {same})",
    )
    new = count(
        connection,
        f"insert into {target.name} ({', '.join([*data, *OWN_COLUMNS])}) "
        f"select {', '.join(f'i.{column}' for column in data)}, {_own(manifest)} from _incoming i "
        f"where not exists (select 1 from {target.name} t where {same})",
    )
    return new, gone


def _texts(cells: Sequence[Cell], relation: str) -> str:
    # Named once, or every typed expression would repeat the path and its translation.
    columns = ", ".join(f"{present(cell.text)} as c{n}" for n, cell in enumerate(cells))
    return f"(select {columns}, _file, _position from {relation})"


def _check_fit(
    connection: duckdb.DuckDBPyConnection, target: Target, cells: Sequence[Cell], texts: str
) -> None:
    checked = [
        (target.column(cell.column), f"c{number}")
        for number, cell in enumerate(cells)
        if target.type(cell.column) != "VARCHAR"
        and not target.has(target.column(cell.column) + TEXTS)
    ]
    if not checked:
        return
    counts = ", ".join(f"count({_misfit(text, target.type(column))})" for column, text in checked)
    row = connection.execute(f"select {counts} from {texts}").fetchone() or ()
    missing = [column + TEXTS for (column, _), found in zip(checked, row, strict=True) if found]
    if missing:
        raise MissingTextColumnsError(target.table.name, missing)


def _misfit(text: str, column_type: str) -> str:
    if column_type == "VARCHAR":
        return "null::varchar"
    return f"(case when {typed(text, column_type)} is null then {text} end)"


def _first(names: Sequence[str], target: Target, data: Sequence[str], last: str) -> str:
    columns = [quoted(target.column(name)) for name in names if target.has(name)]
    return f"coalesce({', '.join([*(c for c in columns if c in data), last])})"


def _own(manifest: Manifest) -> str:
    return (
        f"i._changed_at, {stamp(manifest.landed_at)}, {literal(manifest.load_id)}, "
        f"i._is_deleted, i._deleted_at, i._merged_into"
    )


def stamp(instant: datetime) -> str:
    return f"timestamp {literal(naive(instant).isoformat(sep=' '))}"


def count(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
