"""Readings as SQL: landed pages become rows of text, each page's JSON parsed once.

A chunk of pages is unfolded to its level-0 rows in the temporary table `_chunk`; the readings of
that kind of page select from it.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingestion.engine.landing import LandedPage
from ingestion.engine.warehouse import literal, quoted
from ingestion.model import Plan, Reading, Value

CONTEXT = -1
STAR = -2
# DuckDB sets a buffer of this size aside, so it is no larger than the pages need.
SMALLEST_BUFFER = 1024 * 1024
LONGEST_LINE = 16 * 1024 * 1024


@dataclass
class Node:
    """The part of a JSON document that is read: a text, a struct, or a list of either."""

    children: dict[str, Node] = field(default_factory=dict)
    is_list: bool = False

    def at(self, keys: Sequence[str]) -> Node:
        node = self
        for key in keys:
            node = node.children.setdefault(key, Node())
        return node

    def sql(self) -> str:
        kind = "VARCHAR"
        if self.children:
            inner = ", ".join(f"{quoted(k)} {node.sql()}" for k, node in self.children.items())
            kind = f"STRUCT({inner})"
        return f"{kind}[]" if self.is_list else kind


@dataclass(frozen=True)
class Cell:
    """A column and the SQL text expression of its value, over l0, l1, ... and _star."""

    column: str
    text: str


def levels(path: str) -> list[tuple[str, ...]]:
    """`results[].to[]` is [("results",), ("to",)]; the empty path is the body as one row."""
    return [tuple(part.strip(".").split(".")) for part in path.split("[]")[:-1]]


def shape(readings: Iterable[Reading], plan: Plan) -> Node:
    """All that the readings of one kind of page need of its body."""
    root = Node()
    for reading in readings:
        for star in _stars(reading, plan):
            node = root
            nodes = []
            for keys in levels(reading.path) or [()]:
                node = node.at([star if key == "*" and star else key for key in keys])
                node.is_list = bool(keys)
                nodes.append(node)
            for value in reading.values.values():
                if value.level >= 0:
                    nodes[value.level].at(value.keys)
            if reading.fields_at is not None:
                for item in plan.fields:
                    nodes[0].at([*reading.fields_at, item.name])
    return root


def read_chunk(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    pages: Sequence[LandedPage],
    readings: Sequence[Reading],
    plan: Plan,
) -> frozenset[str] | None:
    """Fill `_chunk` (_file, l0) from pages of one kind and format.

    Returns the lower-case names of the fields that the pages hold, where they are tables.
    """
    files = "[" + ", ".join(literal(str(folder / page.file)) for page in pages) + "]"
    root = shape(readings, plan)
    path = levels(readings[0].path)
    largest = max(SMALLEST_BUFFER, *(page.body_bytes + 1 for page in pages))
    if pages[0].format == "csv":
        select = _csv_select(folder / pages[0].file, files, root, path[0], largest)
    else:
        select = _json_select(files, root, path, largest)
    connection.execute(f"create or replace temp table _chunk as {select}")
    if pages[0].format == "csv":
        return frozenset(name.lower() for name in _header(folder / pages[0].file))
    return None


def cells(
    reading: Reading, plan: Plan, context: Mapping[str, str], held: frozenset[str] | None
) -> list[Cell]:
    """The reading's columns. A vendor field named like one of ours is prefixed, not lost.

    A field that the pages cannot hold (an address in a Bulk result) is left as it is in raw.
    """
    found = [Cell(column, _text(value, context)) for column, value in reading.values.items()]
    if reading.fields_at is not None:
        taken = {cell.column.lower() for cell in found}
        prefix = "l0." + "".join(f"{quoted(key)}." for key in reading.fields_at)
        for item in plan.fields:
            if held is not None and item.name.lower() not in held:
                continue
            name = f"property_{item.name}" if item.name.lower() in taken else item.name
            found.append(Cell(name, prefix + quoted(item.name)))
    return found


def context_texts(reading: Reading, context: Mapping[str, str]) -> dict[str, str]:
    """The columns that the page's context gives, as SQL texts."""
    return {
        column: _text(value, context)
        for column, value in reading.values.items()
        if value.level == CONTEXT
    }


def rows(reading: Reading, plan: Plan) -> str:
    """SQL of what the cells are selected from: _file, l0, l1, ..., _star, _position."""
    branches = []
    for star in _stars(reading, plan):
        label = literal(star) if star is not None else "null"
        relation = f"(select _file, l0, {label} as _star, 0 as _position from _chunk)"
        for depth, keys in enumerate(levels(reading.path)[1:], start=1):
            path = ".".join(
                [f"l{depth - 1}", *(quoted(star if k == "*" and star else k) for k in keys)]
            )
            carried = ", ".join(f"l{n}" for n in range(depth))
            relation = (
                f"(select _file, {carried}, unnest({path}) as l{depth}, _star, "
                f"len({path}) - generate_subscripts({path}, 1) as _position from {relation})"
            )
        branches.append(f"select * from {relation}")
    return "(" + " union all ".join(branches) + ")"


def parents(
    reading: Reading, columns: Sequence[str], plan: Plan, context: Mapping[str, str]
) -> str:
    """SQL of the parents for which the chunk speaks, also those without any row."""
    selected = ", ".join(f"{_text(reading.values[c], context)} as {quoted(c)}" for c in columns)
    branches = []
    for star in _stars(reading, plan):
        label = literal(star) if star is not None else "null"
        branches.append(f"select {selected} from (select l0, {label} as _star from _chunk)")
    return "select distinct * from (" + " union all ".join(branches) + ")"


def _stars(reading: Reading, plan: Plan) -> Sequence[str | None]:
    if reading.star is None:
        return [None]
    return list(plan.stars.get(reading.star, ()))


def _text(value: Value, context: Mapping[str, str]) -> str:
    if value.level == CONTEXT:
        text = literal(context[value.keys[0]])
    elif value.level == STAR:
        text = "_star"
    else:
        text = ".".join([f"l{value.level}", *(quoted(key) for key in value.keys)])
    if value.is_list:
        return f"cast(to_json({text}) as varchar)"
    if value.lookup is None:
        return text
    cases = " ".join(f"when {literal(k)} then {literal(v)}" for k, v in value.lookup.items())
    return f"(case {text} {cases} else {text if value.keep else 'null'} end)"


def _json_select(files: str, root: Node, path: Sequence[tuple[str, ...]], largest: int) -> str:
    columns = ", ".join(
        f"{quoted(key)}: {literal(node.sql())}" for key, node in root.children.items()
    )
    source = (
        f"read_json({files}, columns = {{{columns}}}, format = 'unstructured', "
        f"compression = 'gzip', filename = '_file', maximum_object_size = {largest})"
    )
    if not path:
        packed = ", ".join(f"{quoted(key)} := {quoted(key)}" for key in root.children)
        return f"select _file, struct_pack({packed}) as l0 from {source}"
    return f"select _file, unnest({'.'.join(quoted(k) for k in path[0])}) as l0 from {source}"


def _csv_select(first: Path, files: str, root: Node, path: tuple[str, ...], largest: int) -> str:
    header = _header(first)
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    present = {name.lower(): name for name in header}
    wanted = root.at(path).children
    packed = ", ".join(
        f"{quoted(name)} := "
        + (quoted(present[name.lower()]) if name.lower() in present else "null::varchar")
        for name in wanted
    )
    # The dialect is fixed by the vendor. Sniffing would only be a chance to get it wrong.
    return (
        f"select _file, struct_pack({packed}) as l0 from read_csv({files}, "
        f"columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', new_line = '\\n', compression = 'gzip', filename = '_file', "
        f"max_line_size = {min(largest, LONGEST_LINE)}, nullstr = '')"
    )


def _header(file: Path) -> list[str]:
    with gzip.open(file, "rb") as stream:
        line = stream.readline().decode("utf-8-sig")
    return next(csv.reader(io.StringIO(line)))
