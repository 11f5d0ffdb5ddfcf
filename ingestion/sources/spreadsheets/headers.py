"""Which kind of sheet it is, where its header stands, and what each column is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ingestion.sources.spreadsheets.cells import shown
from ingestion.sources.spreadsheets.grid import Cell, Sheet
from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.numbers import CODES, currency_in, without_currency
from ingestion.sources.spreadsheets.periods import Period, period
from ingestion.sources.spreadsheets.words import LANGUAGES, Column, Kind, Language, plain

DEEPEST = 30  # rows of titles that may stand above a header
_LEAST_PERIODS = 2  # so many columns named by periods make a wide sheet
# Where none of these is filled in, nothing says when a target is for.
_WHEN = {"targets": ({"period"}, {"year"})}


class UnknownSheetError(Exception):
    """A sheet that is none of ours, or may be several; the message is a sentence."""


@dataclass(frozen=True)
class Header:
    """`columns` by their place, `periods` the wide ones; `row` counts from 0."""

    kind: Kind
    row: int
    columns: Mapping[int, Column]
    periods: Mapping[int, Period]
    texts: Mapping[int, str]
    currency: str | None = None
    year: int | None = None
    unknown: tuple[str, ...] = ()
    languages: frozenset[Language] = field(default_factory=frozenset)

    @property
    def score(self) -> tuple[int, int]:
        return len(self.columns) + len(self.periods), -len(self.unknown)

    @property
    def lacks(self) -> list[str]:
        """Labels of the columns without which no row can be read."""
        held = {column.name for column in self.columns.values()}
        if self.periods:
            held |= {column.name for column in self.kind.columns if column.is_wide}
        lacking = [
            column.labels[0]
            for column in self.kind.columns
            if column.required and column.name not in held
        ]
        ways = _WHEN.get(self.kind.name)
        if ways and not self.periods and not any(way <= held for way in ways):
            lacking.append("Period")
        return lacking


def header_of(sheet: Sheet, file: str) -> Header:
    """The header of the sheet. Its name, else the file's, tells the kind where it holds one of the
    kind's words; else the header alone, where it fits one kind better than all others."""
    best = [header for kind in KINDS.values() if (header := _best(kind, sheet, file)) is not None]
    fitting = [header for header in best if not header.lacks]
    named = _named(sheet.name) or _named(re.sub(r"\.[^.]*$", "", file.rpartition("/")[2]))
    if named:
        ours = [header for header in fitting if header.kind.name in named]
        if not ours:
            raise UnknownSheetError(_no_header(named, best))
        fitting = ours
    if not fitting:
        raise UnknownSheetError("no row is the header of a kind of sheet that is known")
    top = max(header.score for header in fitting)
    winners = [header for header in fitting if header.score == top]
    if len(winners) > 1:
        names = " and ".join(header.kind.name for header in winners)
        raise UnknownSheetError(
            f"the header fits {names} alike: say in the sheet's or the file's name which it is"
        )
    return winners[0]


def is_data(sheet: Sheet) -> bool:
    """Whether anything stands in it."""
    return any(cell is not None for row in sheet.rows for cell in row)


def _no_header(named: Iterable[str], best: Sequence[Header]) -> str:
    kinds = " or ".join(sorted(named))
    near = [header for header in best if header.kind.name in named]
    if not near:
        return f"the name says {kinds}, but no row holds its headers"
    header = max(near, key=lambda one: one.score)
    return (
        f"the name says {header.kind.name}, but the header in row {header.row + 1} lacks "
        f"{', '.join(header.lacks)}"
    )


def _best(kind: Kind, sheet: Sheet, file: str) -> Header | None:
    found = [
        header
        for number, row in enumerate(sheet.rows[:DEEPEST])
        if (header := _header(kind, number, row)) is not None
    ]
    if not found:
        return None
    # Of equals the first: a row of data may hold words of a header too.
    best = max(found, key=lambda one: (not one.lacks, *one.score, -one.row))
    above = [cell for row in sheet.rows[: best.row] for cell in row if isinstance(cell, str)]
    return _with_year(best, [*above, sheet.name, file])


def _header(kind: Kind, number: int, row: Sequence[Cell]) -> Header | None:
    columns: dict[int, Column] = {}
    periods: dict[int, Period] = {}
    texts: dict[int, str] = {}
    unknown: list[str] = []
    currency: str | None = None
    taken: set[str] = set()
    is_wide = any(column.is_wide for column in kind.columns)
    for place, cell in enumerate(row):
        if cell is None:
            continue
        text = texts[place] = shown(cell)
        column = _column(kind, text, taken)
        if column is not None:
            columns[place] = column
            taken.add(column.name)
            currency = currency or _currency_of(text)
        elif is_wide and (named := period(text)) is not None:
            # A day that heads a column is the month that begins with it.
            periods[place] = (
                Period("month", named.year, date.fromordinal(named.part).month)
                if (named.grain == "day")
                else named
            )
        else:
            unknown.append(text)
    if len(periods) < _LEAST_PERIODS:
        periods = {}
    if not columns or not (len(columns) > 1 or periods):
        return None
    if periods:
        # Beside the months, a column of the same name as their values is their total.
        for place in [p for p, column in columns.items() if column.is_wide]:
            del columns[place]
    return Header(
        kind, number, columns, periods, texts, currency, None, tuple(unknown),
        _languages(columns, texts),
    )  # fmt: skip


def _column(kind: Kind, text: str, taken: set[str]) -> Column | None:
    for bare in (plain(text), plain(_bare(text)), plain(re.sub(r"\(.*?\)", " ", text))):
        for column in kind.columns:
            if column.name not in taken and bare and bare in column.headers:
                return column
    return None


def _bare(header: str) -> str:
    """Unit_Price_NGN and Valor (R$) name the currency besides the column."""
    words = re.sub(r"[_()\[\]]+", " ", header)
    return " ".join(word for word in without_currency(words).split() if word.upper() not in CODES)


def _currency_of(header: str) -> str | None:
    return currency_in(re.sub(r"[_()\[\]]+", " ", header))


def _languages(columns: Mapping[int, Column], texts: Mapping[int, str]) -> frozenset[Language]:
    """The languages that tell themselves by a header that the others do not have."""
    found: set[Language] = set()
    for place, column in columns.items():
        said = [
            language
            for language in LANGUAGES
            if column.label(language).lower() == texts[place].strip(" *").lower()
        ]
        if len(said) == 1:
            found.add(said[0])
    return frozenset(found - {"en"})


def _with_year(header: Header, texts: Iterable[str]) -> Header:
    years = {found for text in texts for found in re.findall(r"(?<!\d)(20\d{2})(?!\d)", text)}
    year = int(years.pop()) if len(years) == 1 else None
    return Header(
        header.kind, header.row, header.columns, header.periods, header.texts, header.currency,
        year, header.unknown, header.languages,
    )  # fmt: skip


def _named(text: str) -> set[str]:
    """The kinds whose words are in a name; `surveys sent` is not `surveys`."""
    words = f" {plain(re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', text))} "
    found = {
        (kind.name, word) for kind in KINDS.values() for word in kind.names if f" {word} " in words
    }
    return {
        name
        for name, word in found
        if not any(name != other and word != longer and word in longer for other, longer in found)
    }
