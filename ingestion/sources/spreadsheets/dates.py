"""Days as people write them, in three languages and in the two orders of day and month."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

from ingestion.sources.spreadsheets.words import plain

Order = Literal["dmy", "mdy"]

_MONTHS = (
    "jan january janeiro ene enero", "feb february fev fevereiro febrero",
    "mar march marco marzo", "apr april abr abril", "may mai maio mayo",
    "jun june junho junio", "jul july julho julio", "aug august ago agosto",
    "sep sept september set setembro septiembre setiembre", "oct october out outubro octubre",
    "nov november novembro noviembre", "dec december dez dezembro dic diciembre",
)  # fmt: skip
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}

_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.? ?m\.?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.IGNORECASE)
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_SLASHED = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_SERIAL = re.compile(r"[1-9]\d{4}(?:[.,]\d+)?")
FIRST_YEAR, LAST_YEAR = 1990, 2100
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)


def order_evidence(text: str) -> Order | Literal["either"] | None:
    """The order that the text can only have been written in; `either` where both would do and mean
    different days."""
    found = _SLASHED.fullmatch(text.strip())
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    as_dmy, as_mdy = _day(found[3], second, first), _day(found[3], first, second)
    if as_dmy is None or as_mdy is None or as_dmy == as_mdy:
        if as_dmy == as_mdy:
            return None
        return "dmy" if as_mdy is None else "mdy"
    return "either"


def day(text: str, order: Order) -> date | None:
    """The day; None where the text is none by this convention."""
    text = text.strip()
    found = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        return _day(found[1], int(found[2]), int(found[3]))
    found = _SLASHED.fullmatch(text)
    if found is not None:
        first, second = int(found[1]), int(found[2])
        month, day_of_month = (second, first) if order == "dmy" else (first, second)
        return _day(found[3], month, day_of_month)
    if _SERIAL.fullmatch(text):
        return of_serial(float(text.replace(",", ".")))
    return _named(text)


def of_serial(number: float, *, is_1904: bool = False) -> date | None:
    """A day as a spreadsheet counts it, where the cell lost its format."""
    try:
        found = (_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(days=int(number))
    except OverflowError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def of_cell(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def month_of(word: str) -> int | None:
    return MONTHS.get(plain(word))


def year_of(text: str) -> int | None:
    """Of two digits this century's, of four what they say."""
    if not text.isdigit() or len(text) not in (2, 4):
        return None
    year = int(text) + 2000 if len(text) == 2 else int(text)
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _named(text: str) -> date | None:
    """15 de março de 2026, 15-mar-26, March 15, 2026."""
    words = [word for word in plain(text).split() if word not in ("de", "del", "do", "of")]
    if len(words) != 3:
        return None
    for month, day_of_month in ((words[1], words[0]), (words[0], words[1])):
        number = MONTHS.get(month)
        digits = re.sub(r"(st|nd|rd|th|o)$", "", day_of_month)
        if number is not None and digits.isdigit():
            return _day(words[2], number, int(digits))
    return None


def _day(year: str, month: int, day_of_month: int) -> date | None:
    number = year_of(year)
    if number is None:
        return None
    try:
        return date(number, month, day_of_month)
    except ValueError:
        return None
