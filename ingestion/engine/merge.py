"""Typed rows into a raw table: the newest version of each key, the children of each parent.

Everything here runs inside the transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from ingestion.engine.chunks import hold
from ingestion.engine.cursor import naive
from ingestion.engine.errors import FatalError
from ingestion.engine.landing import Manifest
from ingestion.engine.parse import Cell
from ingestion.engine.values import present, typed
from ingestion.engine.warehouse import OWN_COLUMNS, columns_of, literal, one_thread, quoted
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


def target(connection: duckdb.DuckDBPyConnection, schema: str, table: Table) -> Target:
    """The table with the columns that it has now."""
    columns = columns_of(connection, schema, table.name)
    return Target(schema, table, {name.lower(): (name, kind) for name, kind in columns.items()})


class MissingTextColumnsError(Exception):
    """Values came that fit no column: these `__text` columns must be made, then load again."""

    def __init__(self, table: str, names: Sequence[str]) -> None:
        super().__init__(f"{table}: {', '.join(names)}")
        self.table = table
        self.names = tuple(names)


def bring(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Make `_incoming` what the query gives.

    Outside of DuckDB: a temporary table that is replaced lives on until the transaction ends, and
    a load would grow by every chunk.
    """
    hold(connection, "_incoming", connection.sql(query).to_arrow_table())


def stage(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    cells: Sequence[Cell],
    relation: str,
    manifest: Manifest,
    *,
    reading: Reading,
) -> tuple[list[str], bool]:
    """Fill `_incoming` with typed rows of the target, one per key.

    Returns its data columns, and whether any record came without a value in its fields.
    """
    table = target.table
    texts = _texts(cells, relation, target)
    checked = _checked(cells, target)
    selected = []
    for number, cell in enumerate(cells):
        column = target.column(cell.column)
        kind = target.type(cell.column)
        selected.append((quoted(column), f"t{number}"))
        if target.has(column + TEXTS):
            name = quoted(target.column(column + TEXTS))
            selected.append((name, _misfit(number, kind, cell)))
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
    bring(
        connection,
        f"select *, case when _is_deleted then {deleted_at} end as _deleted_at, "
        f"cast({merged} as varchar) as _merged_into from ("
        f"select *, {changed} as _changed_at, {is_deleted} as _is_deleted from ("
        f"select {columns}, _page, _is_void, {_any(checked.values())} as _is_misfit from {texts}) {known})",
    )
    misfits, voids = _check_rows(connection, target, manifest)
    if misfits:
        _check_fit(connection, target, checked, texts)
    return data, voids > 0


def _check_rows(
    connection: duckdb.DuckDBPyConnection, target: Target, manifest: Manifest
) -> tuple[int, int]:
    """One row per key, the newest; rows without a key are an error, not a loss.

    Returns how many rows hold a value that fits no column, and how many came without fields.
    """
    keys = [quoted(target.column(key)) for key in target.table.key]
    empty = " or ".join(f"{key} is null" for key in keys)
    one = keys[0] if len(keys) == 1 else f"row({', '.join(keys)})"
    row = connection.execute(
        f"select count(*) filter (where {empty}), count(*), count(distinct {one}), "
        f"count(*) filter (where _is_misfit), count(*) filter (where _is_void) from _incoming"
    ).fetchone()
    without, rows, distinct, misfits, voids = row or (0, 0, 0, 0, 0)
    if without:
        raise FatalError(
            f"{manifest.source}.{manifest.entity}: {without} rows for {target.table.name} without "
            f"{' and '.join(target.table.key)}"
        )
    if rows > distinct:
        bring(
            connection,
            f"select * from _incoming qualify "
            f"row_number() over (partition by {', '.join(keys)} "
            f"order by _changed_at desc, _page desc) = 1",
        )
    return misfits, voids


def is_any_known(connection: duckdb.DuckDBPyConnection, target: Target) -> bool:
    """Whether the target has any of the rows of `_incoming`.

    Lists come in the order of ids, mostly: row groups that end before the first are not looked at.
    """
    keys = [quoted(target.column(key)) for key in target.table.key]
    ends = f"select min({keys[0]})::varchar, max({keys[0]})::varchar from _incoming"
    first, last = connection.execute(ends).fetchone() or (None, None)
    if first is None or last is None:
        return False
    same = " and ".join(f"t.{key} = i.{key}" for key in keys)
    row = connection.execute(
        f"select 1 from {target.name} t where t.{keys[0]} between {literal(first)} and {literal(last)} "
        f"and exists (select 1 from _incoming i where {same}) limit 1"
    ).fetchone()
    return row is not None


def insert(
    connection: duckdb.DuckDBPyConnection, target: Target, data: Sequence[str], manifest: Manifest
) -> int:
    """Add `_incoming`, where there is nothing to merge with: a third of what merging costs."""
    with one_thread(connection):
        return count(
            connection,
            f"insert into {target.name} ({', '.join([*data, *OWN_COLUMNS])}) "
            f"select {', '.join(f'i.{column}' for column in data)}, {own_values(manifest)} "
            f"from _incoming i",
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

    Rows that say nothing new stay untouched; one whose stamps alone have moved gets the new stamps,
    but not as one that was written: an edit of a pipeline stamps every deal and changes none. A
    partial reading (a sweep) refreshes what it has read of rows that are there, and nothing else.
    """
    keys = [quoted(target.column(key)) for key in target.table.key]
    values = [column for column in data if column not in keys]
    stamps = [quoted(target.column(name)) for name in target.table.changed_at]
    if is_partial:
        values = [column for column in values if column not in stamps]
    matched = " and ".join(f"t.{key} = i.{key}" for key in keys)
    content = [column for column in values if column not in stamps]
    differs = " or ".join(
        f"t.{column} is distinct from i.{column}" for column in [*content, "_is_deleted"]
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
            f"({', '.join(f'i.{column}' for column in columns)}, {own_values(manifest)})"
        )
    written = count(connection, statement)
    moved = [column for column in values if column in stamps]
    if moved:
        moved.append("_changed_at")
        setting = [f"{column} = i.{column}" for column in moved]
        differs = " or ".join(f"t.{column} is distinct from i.{column}" for column in moved)
        connection.execute(
            f"update {target.name} t set {', '.join(setting)} from _incoming i "
            f"where {matched} and {is_newer} and ({differs})"
        )
    return written


def _texts(cells: Sequence[Cell], relation: str, target: Target) -> str:
    """Texts c0, c1, ... and typed values t0, t1, ...: each worked out once, however often named."""
    texts = ", ".join(f"{present(cell.text)} as c{n}" for n, cell in enumerate(cells))
    values = ", ".join(
        f"{typed(f'c{n}', target.type(cell.column))} as t{n}" for n, cell in enumerate(cells)
    )
    return f"(select *, {values} from (select {texts}, _page, _position, _is_void from {relation}))"


def _checked(cells: Sequence[Cell], target: Target) -> dict[str, str]:
    """Columns that have no place for what does not fit them, with the SQL of what does not."""
    return {
        target.column(cell.column): _misfit(number, target.type(cell.column), cell)
        for number, cell in enumerate(cells)
        if target.type(cell.column) != "VARCHAR"
        and not target.has(target.column(cell.column) + TEXTS)
    }


def _any(misfits: Iterable[str]) -> str:
    return " or ".join(["false", *(f"{misfit} is not null" for misfit in misfits)])


def _check_fit(
    connection: duckdb.DuckDBPyConnection, target: Target, checked: Mapping[str, str], texts: str
) -> None:
    counts = ", ".join(f"count({misfit})" for misfit in checked.values())
    row = connection.execute(f"select {counts} from {texts}").fetchone() or ()
    missing = [column + TEXTS for column, found in zip(checked, row, strict=True) if found]
    if missing:
        raise MissingTextColumnsError(target.table.name, missing)


def _misfit(number: int, column_type: str, cell: Cell) -> str:
    """What the column cannot hold. In a field that has become text, 007 is not 7."""
    text, value = f"c{number}", f"t{number}"
    if column_type == "VARCHAR":
        return "null::varchar"
    if cell.is_text:
        same = f"cast({value} as varchar)"
        if column_type.startswith("DECIMAL"):
            same = f"rtrim(rtrim({same}, '0'), '.')"
        return f"(case when {text} is distinct from {same} then {text} end)"
    return f"(case when {value} is null then {text} end)"


def _first(names: Sequence[str], target: Target, data: Sequence[str], last: str) -> str:
    columns = [quoted(target.column(name)) for name in names if target.has(name)]
    return f"coalesce({', '.join([*(c for c in columns if c in data), last])})"


def own_values(manifest: Manifest) -> str:
    return (
        f"i._changed_at, {stamp(manifest.landed_at)}, {literal(manifest.load_id)}, "
        f"i._is_deleted, i._deleted_at, i._merged_into"
    )


def stamp(instant: datetime) -> str:
    return f"timestamp {literal(naive(instant).isoformat(sep=' '))}"


def count(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
