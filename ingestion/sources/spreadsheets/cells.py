"""A cell as the value that its column may hold, or the reason why it holds none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from ingestion.sources.spreadsheets.conventions import Conventions
from ingestion.sources.spreadsheets.dates import FIRST_YEAR, LAST_YEAR, day, of_serial
from ingestion.sources.spreadsheets.grid import Broken, Cell
from ingestion.sources.spreadsheets.numbers import SIGNS, is_none, number, plain_text
from ingestion.sources.spreadsheets.periods import Period, period
from ingestion.sources.spreadsheets.vocabulary import COUNTRIES, KPIS
from ingestion.sources.spreadsheets.words import CellType, Choices, Column, plain

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


class BadCellError(Exception):
    """Why a cell cannot be taken, as the end of a sentence that begins with its column."""


def shown(cell: Cell) -> str:
    """The cell as it stands in a message."""
    if cell is None:
        return ""
    if isinstance(cell, Broken):
        return cell.shown
    if isinstance(cell, Decimal):
        return plain_text(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and is_none(cell))


def value_of(
    column: Column, cell: Cell, conventions: Conventions, *, is_1904: bool = False
) -> str | None:
    """The value as raw takes it; None where there is none. BadCellError says why it cannot be."""
    if isinstance(cell, Broken):
        raise BadCellError(cell.reason)
    if is_empty(cell):
        return None
    if column.type == "date":
        found = _day(cell, conventions, is_1904=is_1904)
        if found is None:
            raise BadCellError("is no day")
        return found.isoformat()
    if column.type in ("number", "integer"):
        return _bounded(column, _number(cell, conventions))
    return _TEXTS[column.type](column, shown(cell).strip())


def period_of(cell: Cell, conventions: Conventions, *, is_1904: bool = False) -> Period | None:
    """The period that a cell names; None for an empty one."""
    if isinstance(cell, Broken):
        raise BadCellError(cell.reason)
    if is_empty(cell):
        return None
    if isinstance(cell, date):
        return Period("day", _known(cell).year, cell.toordinal())
    found = period(shown(cell), conventions.order)
    if found is None and isinstance(cell, Decimal):
        lost = of_serial(float(cell), is_1904=is_1904)
        found = Period("day", lost.year, lost.toordinal()) if lost else None
    if found is None:
        raise BadCellError("is no period: write 2026-01, 2026-Q1 or 2026")
    return found


def _day(cell: Cell, conventions: Conventions, *, is_1904: bool) -> date | None:
    if isinstance(cell, date):
        return _known(cell)
    if isinstance(cell, Decimal):
        whole = day(shown(cell), conventions.order) if cell >= 10**7 else None
        return whole or of_serial(float(cell), is_1904=is_1904)
    return day(cell, conventions.order) if isinstance(cell, str) else None


def _known(cell: date) -> date:
    """A date cell is taken in the years in which a text is."""
    if not FIRST_YEAR <= cell.year <= LAST_YEAR:
        raise BadCellError(f"lies outside of {FIRST_YEAR} to {LAST_YEAR}")
    return cell


def _number(cell: Cell, conventions: Conventions) -> Decimal:
    found = cell if isinstance(cell, Decimal) else None
    if isinstance(cell, str):
        found = number(cell, conventions.decimal)
    if found is None:
        raise BadCellError("is no number")
    return found


def _bounded(column: Column, found: Decimal) -> str:
    if column.least is not None and found < column.least:
        raise BadCellError(f"is below {column.least}")
    if column.most is not None and found > column.most:
        raise BadCellError(f"is above {column.most}")
    if column.type == "integer" and found != found.to_integral_value():
        raise BadCellError("is no whole number")
    if abs(found) >= 10**15:
        raise BadCellError("is too large a number")
    return plain_text(found)


def _email(column: Column, text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise BadCellError("is no e-mail address")
    return text.lower()


def _currency(column: Column, text: str) -> str:
    code = SIGNS.get(text.upper(), text.upper())
    if not re.fullmatch("[A-Z]{3}", code):
        raise BadCellError("is no currency: write its code, such as BRL, MXN or EUR")
    return code


def _country(column: Column, text: str) -> str:
    found = _chosen(COUNTRIES, text)
    if found is None and re.fullmatch("[A-Za-z]{2}", text):
        found = text.upper()
    if found is None:
        raise BadCellError("is no country: write its code, such as BR, MX or ES")
    return found


def _kpi(column: Column, text: str) -> str:
    found = _chosen(KPIS, text) or plain(text).replace(" ", "_")
    if not re.fullmatch("[a-z][a-z0-9_]*", found):
        raise BadCellError("is no KPI's id")
    return found


def _choice(column: Column, text: str) -> str:
    choices = column.choices or {}
    found = _chosen(choices, text)
    if found is None:
        raise BadCellError(f"is none of {', '.join(choices)}")
    return found


def _chosen(choices: Choices, text: str) -> str | None:
    word = plain(text)
    for value, words in choices.items():
        if word == plain(value) or word in words:
            return value
    return None


_TEXTS: Mapping[CellType, Callable[[Column, str], str]] = {
    "text": lambda column, text: " ".join(text.split()),
    "email": _email,
    "currency": _currency,
    "country": _country,
    "kpi": _kpi,
    "choice": _choice,
}
