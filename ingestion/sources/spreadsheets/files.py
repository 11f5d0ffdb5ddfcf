"""A file from its bytes to records: every sheet, its kind, the conventions of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from ingestion.sources.spreadsheets import grid
from ingestion.sources.spreadsheets.conventions import (
    Conventions,
    Shown,
    UnsettledError,
    settle,
)
from ingestion.sources.spreadsheets.grid import Sheet, UnreadableError
from ingestion.sources.spreadsheets.headers import (
    Header,
    UnknownSheetError,
    header_of,
    is_data,
)
from ingestion.sources.spreadsheets.records import Record, records, texts


@dataclass(frozen=True)
class SheetRead:
    """`kind` is None for a sheet that is none of ours; `reason` says why it gave no records."""

    name: str
    kind: str | None
    reason: str | None = None
    records: Sequence[Record] = ()


@dataclass(frozen=True)
class FileRead:
    """`refused` is the sentence that says why nothing of the file was taken."""

    name: str
    sha256: str
    sheets: Sequence[SheetRead] = ()
    refused: str | None = None
    conventions: str | None = None
    kinds: frozenset[str] = field(default_factory=frozenset)


def read(name: str, sha256: str, content: bytes, locale: str | None) -> FileRead:
    """Never an exception for what is in a file: it is told in what is read of it."""
    try:
        found = [_best(ways, name) for ways in grid.sheets(name, content)]
    except UnreadableError as error:
        return FileRead(name, sha256, refused=str(error))
    known = [(sheet, header) for sheet, header in found if isinstance(header, Header)]
    kinds = frozenset(header.kind.name for _, header in known)
    ignored = [
        SheetRead(sheet.name, None, str(error))
        for sheet, error in found
        if isinstance(error, UnknownSheetError) and is_data(sheet)
    ]
    if not known:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in ignored)
        return FileRead(name, sha256, refused=reasons or "no visible sheet holds anything")
    try:
        conventions = _conventions(known, locale)
    except UnsettledError as error:
        refused = [SheetRead(sheet.name, header.kind.name) for sheet, header in known]
        return FileRead(name, sha256, refused, str(error), kinds=kinds)
    read_sheets = [
        SheetRead(
            sheet.name, header.kind.name, None, list(records(sheet, header, conventions, name))
        )
        for sheet, header in known
    ]
    return FileRead(name, sha256, [*read_sheets, *ignored], None, _told(known, conventions), kinds)


def _best(ways: Sequence[Sheet], file: str) -> tuple[Sheet, Header | UnknownSheetError]:
    """The way to part a text into columns that gives the best header."""
    found: list[tuple[Sheet, Header]] = []
    failed: list[tuple[Sheet, UnknownSheetError]] = []
    for sheet in ways:
        try:
            found.append((sheet, header_of(sheet, file)))
        except UnknownSheetError as error:
            failed.append((sheet, error))
    if found:
        return max(found, key=lambda one: one[1].score)
    return max(failed, key=lambda one: max(map(len, one[0].rows), default=0))


def _conventions(known: Sequence[tuple[Sheet, Header]], locale: str | None) -> Conventions:
    shown = Shown(
        next((sheet.delimiter for sheet, _ in known if sheet.delimiter), None),
        frozenset(chain.from_iterable(header.languages for _, header in known)),
    )
    numbers = chain.from_iterable(texts(*one, ("number", "integer")) for one in known)
    days = chain.from_iterable(texts(*one, ("date", "period")) for one in known)
    return settle(numbers, days, shown, locale)


def _told(known: Sequence[tuple[Sheet, Header]], conventions: Conventions) -> str:
    delimiter = known[0][0].delimiter
    names = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
    parted = f"parted by {names.get(delimiter, delimiter)}, " if delimiter else ""
    order = "day before month" if conventions.order == "dmy" else "month before day"
    return f"{parted}decimal mark {conventions.decimal} {order}"
