"""The rows of a sheet as records, good ones and those to be set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingestion.sources.spreadsheets.cells import (
    BadCellError,
    is_empty,
    period_of,
    shown,
    value_of,
)
from ingestion.sources.spreadsheets.conventions import Conventions, Found
from ingestion.sources.spreadsheets.finish import BadRowError, Values, finished, key_of
from ingestion.sources.spreadsheets.grid import Broken, Cell, Sheet
from ingestion.sources.spreadsheets.headers import Header
from ingestion.sources.spreadsheets.masks import masked
from ingestion.sources.spreadsheets.periods import Period
from ingestion.sources.spreadsheets.words import Column, plain

_TOTAL = re.compile(
    r"(sub ?|grand |gran )?tota(l|is|les)( geral| general| anual)?( [0-9]{4})?|suma|soma|sum"
)


@dataclass(frozen=True)
class Problem:
    column: str
    value: str
    reason: str


@dataclass
class Record:
    """A row of a sheet, or of a wide one the value of a period. Without a problem it has a key."""

    row: int
    number: int
    values: Values = field(default_factory=dict)
    key: str = ""
    problem: Problem | None = None


def data_rows(sheet: Sheet, header: Header) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows below the header with their numbers, but for blank ones and totals."""
    for number, row in enumerate(sheet.rows[header.row + 1 :], header.row + 2):
        known = [row[place] for place in _places(header) if place < len(row)]
        if all(cell is None or cell == "" for cell in known):
            continue
        if not _is_total(row, header) and not _is_header_again(row, header):
            yield number, row


def texts(sheet: Sheet, header: Header, types: Sequence[str]) -> Iterator[Found]:
    """All texts in columns of these types, to settle the file's conventions by."""
    places = {place: column for place, column in header.columns.items() if column.type in types}
    wide = set(header.periods) if "number" in types else set()
    for number, row in data_rows(sheet, header):
        for place in sorted({*places, *wide}):
            cell = row[place] if place < len(row) else None
            if isinstance(cell, str):
                yield Found(cell, f"row {number} of {sheet.name}")


def records(sheet: Sheet, header: Header, conventions: Conventions, file: str) -> Iterator[Record]:
    reader = _Reader(sheet, header, conventions)
    for number, row in data_rows(sheet, header):
        for record in reader.records(number, row):
            if record.problem is None:
                place = f"{file}/{sheet.name}/{number}"
                record.key = key_of(header.kind, record.values, place)
            yield record


@dataclass(frozen=True)
class _Reader:
    sheet: Sheet
    header: Header
    conventions: Conventions

    def records(self, number: int, row: Sequence[Cell]) -> Iterator[Record]:
        cells = {place: row[place] if place < len(row) else None for place in _places(self.header)}
        if not self.header.periods:
            yield self._record(Record(number, 0), cells, None)
            return
        wide = next(column for column in self.header.kind.columns if column.is_wide)
        for ordinal, (place, when) in enumerate(sorted(self.header.periods.items())):
            if is_empty(cells[place]):
                continue
            yield self._record(Record(number, ordinal), cells, (place, wide, when))

    def _record(
        self,
        record: Record,
        cells: Mapping[int, Cell],
        wide: tuple[int, Column, Period] | None,
    ) -> Record:
        columns = dict(self.header.columns)
        when = None
        if wide is not None:
            columns[wide[0]] = wide[1]
            when = wide[2]
        problems: list[Problem] = []
        for place, column in columns.items():
            try:
                if column.type == "period":
                    when = when or period_of(
                        cells[place], self.conventions, is_1904=self.sheet.is_1904
                    )
                else:
                    record.values[column.name] = value_of(
                        column, cells[place], self.conventions, is_1904=self.sheet.is_1904
                    )
            except BadCellError as error:
                problems.append(self._problem(place, column, cells[place], str(error)))
        problems += self._missing(columns, record.values, cells, {one.column for one in problems})
        if not problems:
            if self.header.currency and "currency_code" in self._names:
                record.values["currency_code"] = (
                    record.values.get("currency_code") or self.header.currency
                )
            try:
                record.values = finished(self.header.kind, record.values, when, self.header.year)
            except BadRowError as error:
                problems.append(self._of_row(error, columns, cells))
        if problems:
            sentences = "; ".join(one.reason for one in problems)
            record.problem = Problem(problems[0].column, problems[0].value, sentences)
        return record

    @property
    def _names(self) -> set[str]:
        return {column.name for column in self.header.kind.columns}

    def _problem(self, place: int, column: Column, cell: Cell, reason: str) -> Problem:
        named = self.header.texts.get(place, column.labels[0])
        # What a cell itself says of its state is a sentence already.
        sentence = reason if reason.startswith("the cell") else f"{column.labels[0]} {reason}"
        value = cell.shown if isinstance(cell, Broken) else masked(shown(cell), column)
        return Problem(named, value, sentence)

    def _missing(
        self,
        columns: Mapping[int, Column],
        values: Values,
        cells: Mapping[int, Cell],
        bad: set[str],
    ) -> list[Problem]:
        found = []
        for place, column in columns.items():
            named = self.header.texts.get(place, column.labels[0])
            is_missing = column.required and values.get(column.name) is None
            if is_missing and named not in bad:
                value = masked(shown(cells[place]), column)
                found.append(Problem(named, value, f"{column.labels[0]} is missing"))
        return found

    def _of_row(
        self, error: BadRowError, columns: Mapping[int, Column], cells: Mapping[int, Cell]
    ) -> Problem:
        for place, column in columns.items():
            if column.name == error.column:
                named = self.header.texts.get(place, column.labels[0])
                return Problem(named, masked(shown(cells[place]), column), str(error))
        label = self.header.kind.column(error.column).labels[0]
        return Problem(label, "", str(error))


def _places(header: Header) -> list[int]:
    return sorted({*header.columns, *header.periods})


def _is_total(row: Sequence[Cell], header: Header) -> bool:
    """Whether the first thing that the row says is Total; not where total is a level of targets."""
    for place, cell in enumerate(row):
        if isinstance(cell, str) and cell:
            column = header.columns.get(place)
            if column is not None and column.type == "choice":
                return False
            return _TOTAL.fullmatch(plain(cell)) is not None
        if cell is not None:
            return False
    return False


def _is_header_again(row: Sequence[Cell], header: Header) -> bool:
    """Exports that were pasted below each other repeat the header."""
    said = {place: cell for place, cell in enumerate(row) if isinstance(cell, str) and cell}
    return bool(said) and all(header.texts.get(place) == cell for place, cell in said.items())
