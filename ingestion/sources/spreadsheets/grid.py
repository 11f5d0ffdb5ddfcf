"""A file as sheets of cells, whatever its dress: XLSX, or CSV in any encoding and dialect."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

SUFFIXES = (".xlsx", ".xlsm", ".csv", ".txt", ".tsv")
OTHERS = (".xls", ".xlsb", ".ods", ".numbers")
DELIMITERS = (";", ",", "\t", "|")
LARGEST = 256 * 1024 * 1024  # bytes of a file unpacked: more is no sheet that people keep
# What comes out of a workbook that is not what the format says.
_DAMAGED = (
    ArithmeticError, AttributeError, LookupError, NotImplementedError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, InvalidFileException, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_SEP = re.compile(r"sep=(.)\r?\n")


class UnreadableError(Exception):
    """A file that cannot be read at all; the message is a sentence."""


@dataclass(frozen=True)
class Broken:
    """A cell without a value that could be used, and why."""

    shown: str
    reason: str


Cell = str | Decimal | date | bool | Broken | None


@dataclass(frozen=True)
class Sheet:
    """Rows as they stand; the first is row 1, as people count."""

    name: str
    rows: Sequence[Sequence[Cell]]
    delimiter: str | None = None
    is_1904: bool = False


def sheets(name: str, content: bytes) -> list[list[Sheet]]:
    """The sheets of a file. Of each there may be several ways to part it into columns."""
    suffix = Path(name).suffix.lower()
    if suffix in OTHERS:
        raise UnreadableError(f"{suffix} files are not read: save it as .xlsx or .csv")
    if not content.strip(b"\0\r\n\t ;,|"):
        raise UnreadableError("the file is empty")
    if len(content) > LARGEST:
        raise UnreadableError(f"the file has more than {LARGEST // 1024 // 1024} MB")
    if content.startswith(b"PK\x03\x04"):
        return [[sheet] for sheet in _workbook(content)]
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(
            "the file is an old or protected workbook: save it as .xlsx without a password"
        )
    if suffix in (".xlsx", ".xlsm"):
        raise UnreadableError("the file is no workbook, whatever its name says")
    return [list(_texts(Path(name).stem, decoded(content)))]


def decoded(content: bytes) -> str:
    """Text by its mark, else UTF-8, else what Windows writes in Western Europe and America."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise UnreadableError(
                    f"the file says that it is {encoding.removesuffix('-sig')} and is not"
                ) from None
    sample = content[:4096]
    zeros = sample.count(0)
    if zeros > len(sample) // 4:
        is_little = sample[1::2].count(0) > sample[0::2].count(0)
        try:
            return content.decode("utf-16-le" if is_little else "utf-16-be")
        except UnicodeDecodeError:
            raise UnreadableError("the file is no text") from None
    if zeros:
        raise UnreadableError("the file is no text")
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _texts(name: str, text: str) -> Iterator[Sheet]:
    told = _SEP.match(text)
    if told is not None:
        # What Excel writes for itself is no row of the sheet, yet counted as one.
        delimiters: Sequence[str] = [told[1]]
    else:
        delimiters = [mark for mark in DELIMITERS if mark in text] or [";"]
    for delimiter in delimiters:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise UnreadableError(f"the file is no table of texts: {error}") from None
        if told is not None:
            rows[0] = []
        yield Sheet(name, [[_text(cell) for cell in row] for row in rows], delimiter)


def _text(cell: str) -> Cell:
    text = cell.replace("\u00a0", " ").strip()
    return _spreadsheet_error(text) or text or None


def _workbook(content: bytes) -> Iterator[Sheet]:
    has_formulas = _look_inside(content)
    with warnings.catch_warnings():
        # openpyxl warns of what it does not keep when it writes; nothing is written.
        warnings.simplefilter("ignore")
        try:
            values = load_workbook(io.BytesIO(content), data_only=True)
            formulas = load_workbook(io.BytesIO(content)) if has_formulas else None
        except _DAMAGED as error:
            raise UnreadableError(
                f"the workbook is damaged or protected ({type(error).__name__})"
            ) from None
    is_1904 = values.epoch == CALENDAR_MAC_1904
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        beside = formulas[sheet.title] if formulas is not None else None
        rows = [[_value(cell.value) for cell in row] for row in sheet.iter_rows()]
        if beside is not None:
            _mark_uncomputed(rows, beside)
        _fill_merged(rows, sheet)
        yield Sheet(sheet.title, rows, is_1904=is_1904)


def _look_inside(content: bytes) -> bool:
    """Whether any cell has a formula."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST:
                raise UnreadableError(
                    f"the workbook has more than {LARGEST // 1024 // 1024} MB unpacked"
                )
            return any(
                re.search(rb"<f[ >/]", archive.read(part))
                for part in archive.namelist()
                if part.startswith("xl/worksheets/")
            )
    except zipfile.BadZipFile:
        raise UnreadableError("the workbook is damaged: it cannot be unpacked") from None


def _value(value: Any) -> Cell:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, datetime | date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, time):
        # A day of serial number 0 is a time of day to a spreadsheet.
        return Broken(value.isoformat(), "the cell holds a time of day")
    return _text(str(value))


def _spreadsheet_error(text: str) -> Broken | None:
    if re.fullmatch(r"#(REF!|N/A|N/D|VALUE!|¡VALOR!|VALOR!|DIV/0!|¡DIV/0!|NAME\?|NOME\?|NUM!|NULL!|SPILL!|¡REF!|¿NOMBRE\?|#+)", text.upper()):  # fmt: skip
        return Broken(text, f"the cell holds the error {text}")
    return None


def _mark_uncomputed(rows: list[list[Cell]], formulas: Any) -> None:
    for number, row in enumerate(formulas.iter_rows()):
        for place, cell in enumerate(row):
            if cell.data_type == "f" and rows[number][place] is None:
                rows[number][place] = Broken(
                    "=", "the cell holds a formula that was never computed: open and save the file"
                )


def _fill_merged(rows: list[list[Cell]], sheet: Any) -> None:
    """A merged text stands for each of its rows; a number for the first, or it would count twice."""
    for merged in sheet.merged_cells.ranges:
        first = rows[merged.min_row - 1][merged.min_col - 1]
        if isinstance(first, str):
            for row in rows[merged.min_row : merged.max_row]:
                row[merged.min_col - 1] = first
