"""Reads exported tables, CSV or NDJSON, a row at a time, and says where a file is wrong."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.store import Store

_CSV = ".csv"
_NDJSON = frozenset({".ndjson", ".jsonl"})
_LONGEST_CELL = 16 * 1024 * 1024  # the csv module stops at 128 kB, rich text does not

Row = dict[str, str]


class ExportError(ValueError):
    """A file that cannot be played: which, where, and what to do."""


@dataclass(frozen=True)
class Table:
    """One file. A blank cell is empty text, whatever it was called in the file."""

    path: Path
    name: str
    columns: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with the line on which it begins."""
        if self.path.suffix.lower() in _NDJSON:
            return _ndjson_rows(self.path)
        return _csv_rows(self.path)

    def column(self, *names: str) -> str | None:
        """The first of these columns that the table has, in the file's own case."""
        own = {column.lower(): column for column in self.columns}
        return next((own[name.lower()] for name in names if name.lower() in own), None)


def find_tables(folder: Path) -> list[Table]:
    """The tables of a folder by name; its subfolders are other exports and are not read."""
    tables: dict[str, Table] = {}
    for path in sorted(folder.iterdir()):
        suffix = path.suffix.lower()
        if not path.is_file() or (suffix != _CSV and suffix not in _NDJSON):
            continue
        if path.stem in tables:
            other = tables[path.stem].path.name
            raise ExportError(f"{path}: {other} holds the same table; keep one of the two")
        columns = _ndjson_columns(path) if suffix in _NDJSON else _csv_columns(path)
        tables[path.stem] = Table(path, path.stem, columns)
    return list(tables.values())


def read_json(path: Path) -> Any:
    """A JSON file of the folder, or None when it is not there."""
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _encoding_error(path) from error
    except json.JSONDecodeError as error:
        raise ExportError(f"{path}, line {error.lineno}: no valid JSON ({error.msg})") from error


def set_clock(store: Store, newest: int, now: int | None) -> None:
    """The given clock, else a second after the newest stamp of all that the store holds."""
    if now is None:
        before = store.meta("now_ms")
        now = max(newest + 1000, int(before) if before is not None else 0)
    store.set_meta("now_ms", str(now))


def _csv_columns(path: Path) -> tuple[str, ...]:
    for _, cells in _records(path):
        header = tuple(cell.strip() for cell in cells)
        for name in header:
            if header.count(name) > 1:
                raise ExportError(f"{path}, line 1: two columns are called {name!r}; rename one")
            if not name:
                raise ExportError(f"{path}, line 1: a column has no name; name or remove it")
        return header
    raise ExportError(f"{path} is empty; a table without rows still needs its line of headings")


def _csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    columns: tuple[str, ...] = ()
    for line, cells in _records(path):
        if not columns:
            columns = tuple(cell.strip() for cell in cells)
            continue
        if not cells:
            continue  # a blank line, often the last
        if len(cells) != len(columns):
            raise ExportError(
                f"{path}, line {line}: {len(cells)} cells under {len(columns)} headings; "
                "put quotes around cells that hold commas, quotes or line breaks"
            )
        yield line, dict(zip(columns, cells, strict=True))


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each record of a CSV file with its first line; a byte order mark is left out."""
    csv.field_size_limit(_LONGEST_CELL)
    _refuse_utf16(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            line = 1
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise _encoding_error(path) from error
    except csv.Error as error:
        raise ExportError(
            f"{path}, line {reader.line_num}: {error}; quotes inside a cell must be doubled"
        ) from error


def _ndjson_rows(path: Path) -> Iterator[tuple[int, Row]]:
    for line, record in _json_lines(path):
        yield line, {key: _text(value) for key, value in record.items() if key != "attributes"}


def _ndjson_columns(path: Path) -> tuple[str, ...]:
    """Every key that occurs, in the order of its first line."""
    columns: dict[str, None] = {}
    for _, record in _json_lines(path):
        columns.update(dict.fromkeys(record))
    columns.pop("attributes", None)
    return tuple(columns)


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    _refuse_utf16(path)
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line, text in enumerate(file, start=1):
                if not text.strip():
                    continue
                try:
                    # Numbers stay the text they are written as: a float would round them.
                    record = json.loads(text, parse_float=str, parse_int=str)
                except json.JSONDecodeError as error:
                    raise ExportError(
                        f"{path}, line {line}: no valid JSON ({error.msg}); NDJSON has one whole "
                        "object on each line"
                    ) from error
                if not isinstance(record, dict):
                    raise ExportError(f"{path}, line {line}: a JSON object is needed")
                yield line, record
    except UnicodeDecodeError as error:
        raise _encoding_error(path) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refuse_utf16(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(2)
    if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        raise ExportError(f"{path} is UTF-16; save it as UTF-8")


def _encoding_error(path: Path) -> ExportError:
    """Names the first line that is not UTF-8: the decoder only knows its own buffer."""
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            try:
                text.decode("utf-8")
            except UnicodeDecodeError as error:
                shown = text[error.start : error.start + 1].hex()
                return ExportError(
                    f"{path}, line {line}: byte 0x{shown} is not UTF-8; export or save the file "
                    "as UTF-8 (it may be Windows-1252 or Latin-1)"
                )
    return ExportError(f"{path} is not UTF-8; export or save it as UTF-8")
