"""Runs a plan: counts, groups, and the ids of a result from which pages are read one by one.

A cursor is the list of ids as it was when the query began, in text of 1,000 ids a piece, so a
million rows cost some 20 MB and pages stay whole while records change underneath.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sandbox.salesforce.compile import Column, Plan
from sandbox.salesforce.errors import QueryError
from sandbox.salesforce.instants import to_text
from sandbox.salesforce.schema import Field
from sandbox.store import Store

_PIECE = 1000
_MOST_GROUPS = 2000
_TOO_MUCH = ("Expression tree is too large", "too many SQL variables", "parser stack overflow")
_TOO_COMPLICATED = (
    "Query is either selecting too many fields or the filter conditions are too complicated."
)
_FLOATS = frozenset({"double", "currency", "percent"})


@dataclass(frozen=True)
class IdList:
    """The ids of a result, in its order."""

    pieces: tuple[str, ...]
    total: int

    def part(self, start: int, count: int) -> list[str]:
        ids: list[str] = []
        first, skip = divmod(start, _PIECE)
        for piece in self.pieces[first : (start + count - 1) // _PIECE + 1]:
            ids += piece.split("\n")
        return ids[skip : skip + count]


class Parent(NamedTuple):
    object: str
    id: str
    fields: dict[str, Any]


class Row(NamedTuple):
    """A record as read, with the parents that the query asked for by alias."""

    id: str
    fields: dict[str, Any]
    parents: dict[str, Parent | None]


def count(plan: Plan, store: Store) -> int:
    """The number of SELECT COUNT(), within LIMIT and OFFSET."""
    sql = f"select count(*) from (select 1 {plan.source} {_window(plan)})"
    return int(_run(store, sql, plan.parameters).fetchone()[0])


def find_ids(plan: Plan, store: Store) -> IdList:
    """Every id of the result."""
    order = f"order by {plan.order_by}" if plan.order_by else ""
    sql = f"select r.id {plan.source} {order} {_window(plan)}"
    cursor = _run(store, sql, plan.parameters)
    pieces = []
    total = 0
    while batch := cursor.fetchmany(_PIECE):
        pieces.append("\n".join(row[0] for row in batch))
        total += len(batch)
    return IdList(tuple(pieces), total)


def read(plan: Plan, store: Store, ids: list[str]) -> Iterator[Row]:
    """The rows of these ids in this order; a record purged since is left out."""
    wanted = {column.field.name for column in plan.columns if not column.relationships}
    parents = "".join(f", {a}.object, {a}.id, {a}.fields" for a in plan.parent_aliases)
    sql = (
        f"select r.id, r.fields, r.created_at, r.stamp, r.is_deleted{parents} "
        "from json_each(?) as wanted cross join sf_record as r "
        "on r.object = ? and r.id = wanted.value and r.purged = 0 "
        f"{plan.select_joins} order by wanted.key"
    )
    for found in store.connection.execute(sql, (json.dumps(ids), plan.entity.name)):
        fields = json.loads(found[1])
        # The columns speak for the fields that they stand for: queries compare with the columns.
        fields["Id"] = found[0]
        fields["IsDeleted"] = bool(found[4])
        if "CreatedDate" in wanted:
            fields["CreatedDate"] = to_text(found[2])
        if "SystemModstamp" in wanted:
            fields["SystemModstamp"] = to_text(found[3])
        yield Row(found[0], fields, _parents(plan, found[5:]))


def groups(plan: Plan, store: Store) -> list[dict[str, Any]]:
    """The rows of an aggregate query, without their `attributes`."""
    names = ", ".join(column.sql for column in plan.aggregates)
    group = f"group by {plan.group_by}" if plan.group_by else ""
    order = f"order by {plan.order_by}" if plan.order_by else ""
    sql = f"select {names} {plan.source} {group} {order} {_window(plan)}"
    found = _run(store, sql, plan.parameters).fetchmany(_MOST_GROUPS + 1)
    if len(found) > _MOST_GROUPS:
        text = (
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results "
            "to a single batch"
        )
        raise QueryError("EXCEEDED_ID_LIMIT", text)
    return [
        {
            column.label: _aggregate(value, column.field, column.function)
            for column, value in zip(plan.aggregates, row, strict=True)
        }
        for row in found
    ]


def value_of(row: Row, column: Column) -> Any:
    """A selected value as JSON has it: null where the record or its parent has none."""
    if not column.relationships:
        return as_json(row.fields.get(column.field.name), column.field)
    parent = row.parents[column.alias]
    return None if parent is None else as_json(parent.fields.get(column.field.name), column.field)


def as_json(value: Any, field: Field) -> Any:
    """The stored value in the form of its type: amounts always have a decimal point."""
    if field.type == "boolean":
        return bool(value)
    if value == "":
        return None
    if field.type in _FLOATS and isinstance(value, int):
        return float(value)
    return value


def _run(store: Store, sql: str, parameters: tuple[object, ...]) -> sqlite3.Cursor:
    """Conditions by the thousand are too much for SQLite as they are for the vendor."""
    try:
        return store.connection.execute(sql, parameters)
    except sqlite3.OperationalError as error:
        if any(text in str(error) for text in _TOO_MUCH):
            raise QueryError("QUERY_TOO_COMPLICATED", _TOO_COMPLICATED) from error
        raise


def _window(plan: Plan) -> str:
    limit = -1 if plan.query.limit is None else plan.query.limit
    return f"limit {limit} offset {plan.query.offset}"


def _parents(plan: Plan, values: sqlite3.Row | tuple[Any, ...]) -> dict[str, Parent | None]:
    parents: dict[str, Parent | None] = {}
    for place, alias in enumerate(plan.parent_aliases):
        entity, key, fields = values[3 * place : 3 * place + 3]
        parents[alias] = None if key is None else Parent(entity, key, json.loads(fields))
    return parents


def _aggregate(value: Any, field: Field | None, function: str | None) -> Any:
    if function in {"COUNT", "COUNT_DISTINCT"} or field is None or value is None:
        return value
    if field.type == "datetime" and isinstance(value, int):
        return to_text(value)
    if function in {"SUM", "AVG"} and isinstance(value, float):
        return round(value, 6)  # adding doubles leaves dust that the vendor does not show
    return as_json(value, field)
