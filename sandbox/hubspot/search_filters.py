"""Search filters as SQL over the stored properties.

Creation, change and id are columns with indexes; every other property is read out of its JSON.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from sandbox.hubspot.call import Call
from sandbox.hubspot.catalogue import ObjectType
from sandbox.hubspot.errors import HubspotError, error_body, invalid
from sandbox.hubspot.texts import milliseconds, record_id

_COMPARISONS = {"EQ": "=", "NEQ": "!=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_DATES = ("date", "datetime")


class Condition(NamedTuple):
    sql: str
    parameters: tuple[Any, ...] = ()


NOTHING = Condition("0")


class _Operand(NamedTuple):
    """How a property is read and its values are written: number, instant, exact or folded text."""

    sql: str
    parameters: tuple[Any, ...]
    form: str


def install(connection: sqlite3.Connection) -> None:
    """The two SQL functions that the conditions call."""
    connection.create_function("hs_instant", 1, _instant, deterministic=True)
    connection.create_function("hs_has_token", 2, _has_token, deterministic=True)


def condition(call: Call, kind: ObjectType, filter: Mapping[str, Any]) -> Condition:
    name, operator = filter.get("propertyName"), filter.get("operator")
    if not isinstance(name, str) or not isinstance(operator, str):
        raise invalid("Invalid input: a filter needs propertyName and operator")
    if name.startswith("associations."):
        return _association(call, kind, name, operator, filter)
    if kind.name == "contacts" and name == "hs_lastmodifieddate":
        # The vendor's trap: accepted, and true for no contact at all.
        return NOTHING
    operand = find_operand(call, kind, name)
    if operator == "HAS_PROPERTY":
        return Condition(f"coalesce({operand.sql}, '') != ''", operand.parameters)
    if operator == "NOT_HAS_PROPERTY":
        return Condition(f"coalesce({operand.sql}, '') = ''", operand.parameters)
    if operator in _COMPARISONS:
        value = _value(operand, filter.get("value"))
        return Condition(f"{operand.sql} {_COMPARISONS[operator]} ?", (*operand.parameters, value))
    if operator == "BETWEEN":
        low, high = _value(operand, filter.get("value")), _value(operand, filter.get("highValue"))
        return Condition(f"{operand.sql} between ? and ?", (*operand.parameters, low, high))
    if operator in ("IN", "NOT_IN"):
        values = _values(operand, filter)
        negated = "not " if operator == "NOT_IN" else ""
        marks = ", ".join("?" * len(values))
        return Condition(f"{operand.sql} {negated}in ({marks})", (*operand.parameters, *values))
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        negated = "not " if operator == "NOT_CONTAINS_TOKEN" else ""
        text = _required(filter.get("value")).lower()
        return Condition(f"{negated}hs_has_token({operand.sql}, ?)", (*operand.parameters, text))
    raise invalid(f"Invalid input: {operator} is not an operator of this search")


def find_operand(call: Call, kind: ObjectType, name: str) -> _Operand:
    if name == kind.modified:
        return _Operand("updated_at", (), "instant")
    if name == kind.created:
        return _Operand("created_at", (), "instant")
    if name == "hs_object_id":
        return _Operand("id", (), "integer")
    definition = call.definitions(kind).get(name)
    if definition is None:
        raise invalid(f"There was a problem with the request: property {name} does not exist")
    stored = "json_extract(properties, ?)"
    path = (f'$."{name}"',)
    type = definition.get("type")
    if type in _DATES:
        return _Operand(f"hs_instant({stored})", path, "instant")
    if type == "number":
        return _Operand(f"cast(nullif({stored}, '') as real)", path, "number")
    if type == "enumeration":
        return _Operand(stored, path, "exact")
    return _Operand(f"lower({stored})", path, "folded")


def _value(operand: _Operand, value: object) -> object:
    text = _required(value)
    try:
        if operand.form == "instant":
            instant = milliseconds(text)
            if instant == 0:
                # Seen live: a window that starts at the epoch is answered with a 500.
                raise HubspotError(500, error_body("internal error", None))
            return instant
        if operand.form == "integer":
            return float(text) if "." in text else max(min(int(text), 2**62), -(2**62))
        if operand.form == "number":
            return float(text)
    except ValueError as error:
        raise invalid("There was a problem with the request: a value does not fit") from error
    return text.lower() if operand.form == "folded" else text


def _values(operand: _Operand, filter: Mapping[str, Any]) -> list[object]:
    values = filter.get("values")
    if not isinstance(values, list) or not values:
        raise invalid("Invalid input: IN and NOT_IN need values")
    if operand.form == "folded":
        # Lists are not folded by the vendor: a value with capitals matches no string.
        return [_required(value) for value in values]
    return [_value(operand, value) for value in values]


def _required(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        raise invalid("Invalid input: the filter has no value")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _association(
    call: Call, kind: ObjectType, name: str, operator: str, filter: Mapping[str, Any]
) -> Condition:
    """`associations.contact` as if it were a property that holds ids. Both directions are stored."""
    target = call.resolve(name.removeprefix("associations."))
    if operator == "EQ":
        texts = [_required(filter.get("value"))]
    elif operator == "IN" and isinstance(filter.get("values"), list):
        texts = [_required(value) for value in filter["values"]]
    else:
        raise invalid(f"Invalid input: {operator} is not supported on associations")
    ids = [record_id(text) for text in texts]
    if not ids or None in ids:
        raise invalid("Invalid input: associations are searched by record id")
    marks = ", ".join("?" * len(ids))
    return Condition(
        "id in (select to_id from hs_association"
        f" where from_type = ? and from_id in ({marks}) and to_type = ?)",
        (target.name, *ids, kind.name),
    )


def _instant(text: str | None) -> int | None:
    if not text:
        return None
    try:
        return milliseconds(text)
    except ValueError:
        return None


def _has_token(text: str | None, wanted: str) -> bool:
    """Whole words, with * for any letters; several words must all be there."""
    if not text:
        return False
    text = text.lower()
    words = {text, *re.split(r"[^\w@.+-]+", text), *re.split(r"\W+", text)}
    return all(any(fnmatchcase(word, part) for word in words) for part in wanted.split())
