"""Readings as SQL: landed pages become rows of text.

A chunk of pages stands in memory as `_pages`. Each reading takes of it what it needs and nothing
else: parsing the text again for the next reading costs less than keeping what was parsed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingestion.engine.warehouse import literal, quoted
from ingestion.model import Plan, Reading, Value

CONTEXT = -1
STAR = -2
MISSHAPEN = "a page without its list"


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

    def structure(self) -> Any:
        """As DuckDB's json_transform takes it."""
        kind: Any = "VARCHAR"
        if self.children:
            kind = {key: node.structure() for key, node in self.children.items()}
        return [kind] if self.is_list else kind


@dataclass(frozen=True)
class Cell:
    """A column and the SQL text expression of its value, over l0, l1, ... and _star."""

    column: str
    text: str
    is_text: bool = False  # the vendor says so, whatever the column became when it began


@dataclass(frozen=True)
class Container:
    """Parts of the pages, and the shapes that must stand in each: JSON path and kind."""

    path: str
    shapes: tuple[tuple[str, str], ...]

    def query(self) -> str:
        """SQL of how many there are, and how many of them are of another shape."""
        parts = f"json_extract(body, {literal(self.path)})"
        if "*" not in self.path:
            parts = f"[{parts}]"
        other = " or ".join(_is_other(place, kind) for place, kind in self.shapes)
        return (
            f"select count(*) filter (json_type(part) <> 'NULL'), count(*) filter ({other}) "
            f"from (select unnest({parts}) as part from _pages)"
        )


def _is_other(place: str, kind: str) -> str:
    found = f"json_type(part, {literal(place)})"
    allowed = f"({literal(kind)}, 'NULL')"
    if "*" in place:
        return f"len(list_filter({found}, kind -> kind not in {allowed})) > 0"
    return f"coalesce({found} not in {allowed}, false)"


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
            found.append(Cell(name, prefix + quoted(item.name), item.type == "text"))
    return found


def context_texts(reading: Reading, context: Mapping[str, str]) -> dict[str, str]:
    """The columns that the page's context gives, as SQL texts."""
    return {
        column: _text(value, context)
        for column, value in reading.values.items()
        if value.level == CONTEXT
    }


def rows(reading: Reading, beside: Sequence[Reading], plan: Plan, table: Any | None) -> str:
    """SQL of what the cells are selected from: _page, l0, l1, ..., _star, _position, _is_void.

    `beside` are all readings of the kind, `table` is the chunk where it is one of texts.
    """
    # A list that is kept as text is made of what others read of it.
    is_alone = not any(value.is_list for value in reading.values.values())
    root = shape([reading] if is_alone else beside, plan)
    path = levels(reading.path)
    first = _records(root, path) if table is None else _table(root.at(path[0]), table)
    if len(path) < 2:
        void = is_void(reading, plan) if table is None else "false"
        return (
            f"(select _page, l0, null::varchar as _star, 0 as _position, {void} as _is_void "
            f"from {first})"
        )
    lists = ", ".join(
        f"struct_pack(_star := {_label(star)}, _list := {_inside(0, path[1], star)})"
        for star in _stars(reading, plan)
    )
    relation = (
        f"(select _page, l0, _branch._star as _star, _branch._list as _list "
        f"from (select _page, l0, unnest([{lists}]) as _branch from {first}))"
    )
    position = "0"
    if reading.position is not None:
        position = "len(_list) - generate_subscripts(_list, 1)"
    for depth in range(1, len(path)):
        if depth > 1:
            found = _inside(depth - 1, path[depth], None)
            relation = f"(select *, {found} as _list from {relation})"
        carried = ", ".join(f"l{n}" for n in range(depth))
        relation = (
            f"(select _page, {carried}, unnest(_list) as l{depth}, _star, "
            f"{position} as _position, false as _is_void from {relation})"
        )
    return relation


def containers(reading: Reading, plan: Plan, *, is_alone: bool) -> list[Container]:
    """What the reading goes into below its records, and what must stand there if anything does.

    What has another shape would be read as null, and pass for values or links that are gone. A
    record of another shape has no key, which is noticed; not so where no reading takes the records
    themselves (`is_alone`).
    """
    stars = {reading.star: ("*",)} if reading.star else {}
    record = shape([reading], Plan(plan.fields[:1], stars))
    begin = "$"
    path = levels(reading.path)
    if path:
        record = record.at(path[0])
        begin += "".join(f'."{key}"' for key in path[0]) + "[*]"
    found = [
        Container(f'{begin}."{key}"', tuple(_shapes(node, "$")))
        for key, node in record.children.items()
        if node.children
    ]
    if is_alone and path:
        found.append(Container(begin, (("$", "OBJECT"),)))
    return found


def _shapes(node: Node, place: str) -> Iterator[tuple[str, str]]:
    if node.is_list:
        yield place, "ARRAY"
        place += "[*]"
    if node.children:
        yield place, "OBJECT"
    for key, child in node.children.items():
        if child.children:
            yield from _shapes(child, place + (".*" if key == "*" else f'."{key}"'))


def is_void(reading: Reading, plan: Plan) -> str:
    """SQL of whether something that the reading goes into at level 0 has given no value."""
    inside: dict[str, list[str]] = {}
    for value in reading.values.values():
        if value.level == 0 and len(value.keys) > 1:
            inside.setdefault(value.keys[0], []).append(_inside(0, value.keys, None))
    if reading.fields_at:
        texts = [f"{_inside(0, reading.fields_at, None)}.{quoted(f.name)}" for f in plan.fields]
        inside.setdefault(reading.fields_at[0], []).extend(texts)
    voids = [f"coalesce({', '.join(texts)}) is null" for texts in inside.values() if texts]
    return f"({' or '.join(voids)})" if voids else "false"


def parents(
    reading: Reading,
    columns: Sequence[str],
    plan: Plan,
    context: Mapping[str, str],
    table: Any | None,
) -> str:
    """SQL of the parents for which the chunk speaks, also those without any row."""
    first, unfolded, _ = reading.path.partition("[]")
    values = {column: reading.values[column] for column in columns}
    record = replace(
        reading, path=first + unfolded, values=values, fields_at=None, star=None, position=None
    )
    relation = rows(record, [record], plan, table)
    selected = ", ".join(f"{_text(values[c], context)} as {quoted(c)}" for c in columns)
    stars = ", ".join(_label(star) for star in _stars(reading, plan))
    return (
        f"select distinct {selected} from (select l0, unnest([{stars}]) as _star from {relation})"
    )


def _label(star: str | None) -> str:
    return "null::varchar" if star is None else literal(star)


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


def _inside(level: int, keys: Sequence[str], star: str | None) -> str:
    named = [star if key == "*" and star else key for key in keys]
    return ".".join([f"l{level}", *(quoted(key) for key in named)])


def _records(root: Node, path: Sequence[tuple[str, ...]]) -> str:
    """The level-0 rows of JSON pages."""
    structure = literal(json.dumps(root.structure()))
    document = f"(select _page, json_transform(body, {structure}) as _document from _pages)"
    if not path:
        return f"(select _page, _document as l0 from {document})"
    found = ".".join(["_document", *(quoted(key) for key in path[0])])
    # Without its list a page would pass for an empty one.
    whole = f"case when {found} is null then error({literal(MISSHAPEN)}) else {found} end"
    return f"(select _page, unnest({whole}) as l0 from {document})"


def _table(record: Node, table: Any) -> str:
    """The level-0 rows of pages that are tables."""
    present = {name.lower(): name for name in table.column_names}
    packed = ", ".join(
        f"{quoted(name)} := "
        + (quoted(present[name.lower()]) if name.lower() in present else "null::varchar")
        for name in record.children
    )
    return f"(select _page, struct_pack({packed}) as l0 from _pages)"
