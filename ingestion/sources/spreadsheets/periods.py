"""Periods as people write them: `jan/26`, `2026-Q1`, `1T 2026`, `M03`, a year, a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.sources.spreadsheets.dates import MONTHS, Order, day, year_of
from ingestion.sources.spreadsheets.words import plain


@dataclass(frozen=True)
class Period:
    """`year` is None where the text tells the part of a year alone."""

    grain: str
    year: int | None
    part: int = 1  # month, quarter, ISO week; or the day's ordinal

    def start(self, year: int | None = None) -> date | None:
        """The first day, of the year that the text names or of the one given."""
        of = self.year or year
        try:
            if self.grain == "day":
                return date.fromordinal(self.part)
            if of is None:
                return None
            if self.grain == "week":
                return date.fromisocalendar(of, self.part, 1)
            months = {"month": self.part, "quarter": 3 * self.part - 2, "year": 1}
            return date(of, months[self.grain], 1)
        except ValueError:
            return None


def end_of(start: date, grain: str) -> date:
    """The first day after it."""
    if grain in ("day", "week"):
        return start + timedelta(days=1 if grain == "day" else 7)
    months = start.month - 1 + {"month": 1, "quarter": 3, "year": 12}[grain]
    return start.replace(year=start.year + months // 12, month=months % 12 + 1)


def begin_of(of: date, grain: str) -> date:
    """The first day of the period of this grain that the day lies in."""
    if grain == "day":
        return of
    if grain == "week":
        return of - timedelta(days=of.weekday())
    month = {"month": of.month, "quarter": (of.month - 1) // 3 * 3 + 1, "year": 1}[grain]
    return of.replace(month=month, day=1)


_YEAR = r"(\d{4}|\d{2})"
_FORMS = (
    (re.compile(r"(\d{4}) (\d{1,2})|(\d{4})(\d{2})"), "month", True),
    (re.compile(r"(\d{1,2}) (\d{4})"), "month", False),
    (re.compile(rf"{_YEAR} ?[qt]([1-4])|{_YEAR} ?([1-4])[qt]"), "quarter", True),
    (re.compile(rf"(?:[qt]|trim|trimestre|quarter) ?([1-4]) ?{_YEAR}"), "quarter", False),
    (re.compile(rf"([1-4]) ?(?:[qt]|o|er|ro|do|to)? ?(?:trim|trimestre|quarter|q|t)? ?{_YEAR}"),
     "quarter", False),
    (re.compile(r"(\d{4}) ?(?:w|s|sem|semana|week) ?(\d{1,2})"), "week", True),
    (re.compile(r"(?:w|s|sem|semana|week) ?(\d{1,2}) (\d{4})"), "week", False),
)  # fmt: skip


def period(text: str, order: Order = "dmy") -> Period | None:
    """What the text names; None where it is no period."""
    words = " ".join(word for word in plain(text).split() if word not in ("de", "del", "do", "of"))
    for form, grain, is_year_first in _FORMS:
        found = form.fullmatch(words)
        if found is not None:
            first, second = [part for part in found.groups() if part is not None]
            year, part = (first, second) if is_year_first else (second, first)
            return _of(grain, year, part)
    found = re.fullmatch(r"([a-z]+) ?(\d{4}|\d{2})?", words)
    if found is not None and found[1] in MONTHS:
        return _of("month", found[2], str(MONTHS[found[1]]))
    found = re.fullmatch(r"(\d{4}) ([a-z]+)", words)
    if found is not None and found[2] in MONTHS:
        return _of("month", found[1], str(MONTHS[found[2]]))
    if re.fullmatch(r"(19|20)\d{2}", words):
        return Period("year", int(words))
    found = re.fullmatch(r"m(?:es)? ?(\d{1,2})", words)
    if found is not None:
        return _of("month", None, found[1])
    found = re.fullmatch(r"[qt] ?([1-4])|([1-4]) ?[qt]", words)
    if found is not None:
        return _of("quarter", None, found[1] or found[2])
    whole = day(text, order)
    return None if whole is None else Period("day", whole.year, whole.toordinal())


def _of(grain: str, year: str | None, part: str) -> Period | None:
    number = None if year is None else year_of(year)
    most = {"month": 12, "quarter": 4, "week": 53}[grain]
    if (year is not None and number is None) or not 1 <= int(part) <= most:
        return None
    return Period(grain, number, int(part))
