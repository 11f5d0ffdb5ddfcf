"""The shape of a result: nested JSON records with `attributes`, or lines of CSV."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from sandbox.salesforce.compile import Column, Plan
from sandbox.salesforce.execute import Row, value_of

_LONG_TEXT_PAGE = 1000
_TWO_LONG_TEXTS_PAGE = 200
_FULL_PAGE = 2000


def page_size(plan: Plan) -> int:
    """Rows a page at most: wide rows come in smaller pages, whatever the caller wishes."""
    long_texts = [column for column in plan.columns if column.field.is_long_text]
    if sum(column.field.custom for column in long_texts) >= 2:
        return _TWO_LONG_TEXTS_PAGE
    return _LONG_TEXT_PAGE if long_texts else _FULL_PAGE


def record(row: Row, plan: Plan, version: str) -> dict[str, Any]:
    """One record of a query answer, fields in the order of SELECT."""
    shaped: dict[str, Any] = {"attributes": attributes(plan.entity.name, row.id, version)}
    for column in plan.columns:
        if column.relationships:
            _nest(shaped, row, column, version)
        else:
            shaped[column.field.name] = value_of(row, column)
    return shaped


def attributes(entity: str, key: str, version: str) -> dict[str, str]:
    return {"type": entity, "url": f"/services/data/v{version}/sobjects/{entity}/{key}"}


def csv_line(values: list[Any], delimiter: str, ending: str) -> str:
    """Every value in quotes, a quote doubled; null and empty are the same."""
    return delimiter.join('"' + text.replace('"', '""') + '"' for text in values) + ending


def csv_value(row: Row, column: Column) -> str:
    """A value as Bulk prints it; its instants end in Z where REST has an offset."""
    value = value_of(row, column)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("+0000", "Z") if column.field.type == "datetime" else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and column.field.type != "anyType":
        return _number(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _nest(shaped: dict[str, Any], row: Row, column: Column, version: str) -> None:
    """Put a parent's field below its relationships; null as soon as a parent is missing."""
    place = shaped
    for name, alias in zip(column.relationships, column.aliases, strict=True):
        parent = row.parents[alias]
        if parent is None:
            place[name] = None
            return
        if name not in place:
            place[name] = {"attributes": attributes(parent.object, parent.id, version)}
        place = place[name]
    place[column.field.name] = value_of(row, column)


def _number(value: float) -> str:
    """As Java prints a double: 9.12260031E8 from ten million on, 15000.0 below."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    power = len(text) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"
