"""One comparison of a WHERE clause to SQL: types are checked, nulls and case count as in SOQL.

SOQL knows two truth values where SQL knows three: `Name != 'x'` is true of a null name.
"""

from __future__ import annotations

import re
from datetime import date

from sandbox.salesforce.errors import QueryError
from sandbox.salesforce.ids import is_id, to_18
from sandbox.salesforce.instants import to_milliseconds, to_text
from sandbox.salesforce.schema import Field
from sandbox.salesforce.syntax import Comparison, Literal, Query

NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
IDS = frozenset({"id", "reference"})
TEXTS = frozenset(
    {"string", "picklist", "multipicklist", "combobox", "textarea", "phone", "url", "email"}
)
_OWN_COLUMN_INSTANTS = frozenset({"CreatedDate", "SystemModstamp"})
_EXPECTED = {  # the literal that a type takes, and how the vendor calls it
    "boolean": ("boolean", "boolean"),
    "date": ("date", "date"),
    "datetime": ("datetime", "dateTime"),
}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)


def comparison(
    condition: Comparison, field: Field, expression: str, *, indexed: bool, query: Query
) -> tuple[str, list[object]]:
    """The SQL and its parameters. `indexed` columns are never null and stay bare for the index."""
    if not field.filterable or field.type in {"anyType", "time"}:
        text = f"field '{field.name}' can not be filtered in a query call"
        raise QueryError("INVALID_FIELD", text, query=query.text, position=condition.position)
    _check_operator(condition, field, query)
    operator = condition.operator
    collation = " collate nocase" if field.type in TEXTS else ""
    nulls = [one for one in condition.values if _is_null(one, field)]
    values = [_value(one, field, query) for one in condition.values if not _is_null(one, field)]
    if field.type == "boolean":
        expression = expression if indexed else f"ifnull({expression}, 0)"
        indexed = True
    if operator in {"IN", "NOT IN"}:
        marks = ", ".join("?" * len(values))
        found = f"{expression}{collation} in ({marks})"
        found = found if indexed else f"ifnull({found}, 0)"
        if nulls:
            found = f"({found} or {expression} is null)"
        return (f"not ({found})" if operator == "NOT IN" else found), values
    if nulls:
        return f"{expression} is {'not ' if operator == '!=' else ''}null", []
    if operator == "LIKE":
        pattern = _like_pattern(condition.values[0], query)
        return rf"ifnull({expression} like ? escape '\', 0)", [pattern]
    sql = f"{expression} {'<>' if operator == '!=' else operator} ?{collation}"
    if indexed:
        return sql, values
    return f"ifnull({sql}, {1 if operator == '!=' else 0})", values


def _check_operator(condition: Comparison, field: Field, query: Query) -> None:
    operator = condition.operator
    ordering = operator in {"<", "<=", ">", ">="}
    nulls = any(one.kind == "null" for one in condition.values)
    wrong = (
        (operator == "LIKE" and field.type not in TEXTS)
        or (ordering and (field.type in {"boolean", "multipicklist"} or nulls))
        or (operator == "LIKE" and nulls)
    )
    if wrong:
        kind = "id" if field.type in IDS else field.type
        raise QueryError(
            "INVALID_QUERY_FILTER_OPERATOR",
            f"invalid operator on {kind} field",
            query=query.text,
            position=condition.position,
        )


def _is_null(literal: Literal, field: Field) -> bool:
    """Empty text does not exist in Salesforce: it is saved as null and compares as null."""
    if literal.kind == "null":
        return True
    return literal.kind == "string" and not literal.text and field.type in TEXTS | IDS


def _value(literal: Literal, field: Field, query: Query) -> object:
    """The literal as the store keeps it; a literal of another type is refused."""
    if field.type in IDS:
        return _id(literal, field, query)
    if field.type in TEXTS:
        if literal.kind != "string":
            raise _mismatch(literal, field, "string and should be enclosed in quotes", query)
        return _unescape(literal, query)
    if field.type in NUMBERS:
        if literal.kind != "number":
            kind = "int" if field.type in {"int", "long"} else "double"
            raise _mismatch(literal, field, f"{kind} and should not be enclosed in quotes", query)
        return _number(literal.text)
    expected, name = _EXPECTED.get(field.type, ("string", field.type))
    if literal.kind != expected:
        raise _mismatch(literal, field, f"{name} and should not be enclosed in quotes", query)
    if expected == "boolean":
        return int(literal.text == "true")
    try:
        if expected == "date":
            return date.fromisoformat(literal.text).isoformat()
        milliseconds = to_milliseconds(literal.text)
        return milliseconds if field.name in _OWN_COLUMN_INSTANTS else to_text(milliseconds)
    except ValueError as error:
        text = f"line 1:{literal.position} no viable alternative at character '{literal.text[0]}'"
        raise QueryError("MALFORMED_QUERY", text) from error


def _number(text: str) -> int | float:
    """A whole number as such, as long as SQLite can hold it."""
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    return float(text)


def _id(literal: Literal, field: Field, query: Query) -> str:
    if literal.kind != "string":
        raise _mismatch(literal, field, "string and should be enclosed in quotes", query)
    if not is_id(literal.text):
        raise QueryError(
            "INVALID_QUERY_FILTER_OPERATOR",
            f"invalid ID field: {literal.text}",
            query=query.text,
            position=literal.position,
        )
    return to_18(literal.text)


def _mismatch(literal: Literal, field: Field, expected: str, query: Query) -> QueryError:
    return QueryError(
        "INVALID_FIELD",
        f"value of filter criterion for field '{field.name}' must be of type {expected}",
        query=query.text,
        position=literal.position,
    )


def _unescape(literal: Literal, query: Query) -> str:
    return _ESCAPE.sub(lambda match: _character(match.group(1), literal, query), literal.text)


def _like_pattern(literal: Literal, query: Query) -> str:
    r"""SOQL's wildcards are SQLite's; `\_` and `\%` stay escaped, a backslash becomes two."""
    if literal.kind != "string":
        raise QueryError("INVALID_QUERY_FILTER_OPERATOR", "invalid operator")

    def replace(match: re.Match[str]) -> str:
        if match.group(1) in "_%":
            return match.group()
        character = _character(match.group(1), literal, query)
        return "\\\\" if character == "\\" else character

    return _ESCAPE.sub(replace, literal.text)


def _character(escape: str, literal: Literal, query: Query) -> str:
    if len(escape) == len("uXXXX") and not 0xD800 <= int(escape[1:], 16) <= 0xDFFF:
        return chr(int(escape[1:], 16))
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    if escape in "_%":
        return escape
    text = (
        f"Illegal string literal: Invalid string literal '{literal.text}'. Illegal character "
        f"sequence '\\{escape}' in string literal."
    )
    raise QueryError("MALFORMED_QUERY", text, query=query.text, position=literal.position)
