"""What a result may tell of a record: which one it is and what was measured, never who it is about.

Results go to logs, to Dagster and to a table that more people read than the records themselves. So
nothing is shown unless it is known to be harmless: a text only from an id, from the key that a
suite declares or from a column that an expectation declares to hold a vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

# Nothing of these columns is shown, whatever anyone declares; what classes an e-mail is none.
_PERSONAL = re.compile(
    r"mail|phone|mobile|fax|name|birth|address|street|subject|title|body|content|text"
    r"|note|description|comment|message|next_?step",
    re.IGNORECASE,
)
_CLASS = re.compile(r"_(direction|outcome|status|type)$")
_ID = re.compile(r"(^|_)(id|key)$|^Id$|[a-z]Id$")
_MEASURE = (bool, int, float, Decimal, date, datetime, type(None))

# DuckDB says these of a query or a file. Other kinds are about values and quote them.
_HARMLESS_ERRORS = frozenset({"Binder", "Catalog", "IO", "Parser"})
_ERROR = re.compile(r"\b([A-Z][A-Za-z]*(?: [A-Za-z]+)*) Error:")
_ADDRESS = re.compile(r"[^\s'\"=,;(<\[{]+@[^\s'\",;)>\]}]+")


def is_personal(column: str) -> bool:
    return _PERSONAL.search(column) is not None and _CLASS.search(column) is None


def shown(row: Mapping[str, object], *, declared: Collection[str]) -> str:
    """The part of a row that may be shown, as text; empty when that is nothing."""
    parts = [
        f"{column}={value}"
        for column, value in row.items()
        if not is_personal(column)
        and (
            isinstance(value, _MEASURE)
            or (isinstance(value, str) and (column in declared or _ID.search(column)))
        )
    ]
    return without_addresses(", ".join(parts))


def without_addresses(text: str) -> str:
    """A last guard, for an e-mail that stands where nobody expects one, such as in an id."""
    return _ADDRESS.sub("(hidden)", text)


def told(error: str) -> str:
    """What may be told of an error: of one about values only its kind, since it quotes them."""
    for kind in _ERROR.findall(error):
        if kind not in _HARMLESS_ERRORS:
            return f"{kind} Error; its text is withheld, since it may quote a record"
    return without_addresses(error)
