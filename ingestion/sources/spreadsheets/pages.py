"""What is landed, as pages: rows, rows that were set aside, and what became of the sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import orjson

from ingestion.model import Page
from ingestion.sources.spreadsheets.files import FileRead
from ingestion.sources.spreadsheets.finish import hashed
from ingestion.sources.spreadsheets.outcome import SheetOutcome
from ingestion.sources.spreadsheets.records import Problem, Record
from ingestion.sources.spreadsheets.tables import ROWS, SET_ASIDE, SHEETS


def rows_page(outcome: SheetOutcome, rows: Sequence[Record]) -> Page:
    body = [
        {
            "row_key": record.key,
            "file": outcome.file,
            "sheet": outcome.name,
            "sheet_row": str(record.row),
            **record.values,
        }
        for record in rows
    ]
    return Page(ROWS, orjson.dumps({ROWS: body}), len(body), context={"file": outcome.file})


def refusal(kind: str, file: FileRead) -> Iterator[Page]:
    """Nothing is said of its rows: those that were read of it before stay."""
    problem = Problem("", "", f"the whole file was refused: {file.refused}")
    aside = aside_line(kind, file.name, "", Record(0, 0), problem)
    lines = [line(kind, file, sheet.name, "refused", file.refused) for sheet in file.sheets]
    yield from of_place(
        kind, file, [aside], lines or [line(kind, file, "", "refused", file.refused)]
    )


def of_place(
    kind: str,
    file: FileRead,
    aside: Sequence[Mapping[str, str | None]],
    sheets: Sequence[Mapping[str, str | None]],
) -> Iterator[Page]:
    place = {"place": f"{kind}/{file.name}"}
    # They are beside the rows, whose number is the load's.
    for name, lines in ((SET_ASIDE, aside), (SHEETS, sheets)):
        body = orjson.dumps({name: list(lines)})
        yield Page(name, body, len(lines), context=place, asked=(place["place"],))


def aside_line(
    kind: str, file: str, sheet: str, record: Record, problem: Problem
) -> dict[str, str | None]:
    return {
        "quarantine_key": hashed(kind, file, sheet, str(record.row), str(record.number)),
        "place": f"{kind}/{file}",
        "kind": kind,
        "file": file,
        "sheet": sheet,
        "sheet_row": str(record.row) if record.row else None,
        "sheet_column": problem.column,
        "value": problem.value,
        "reason": problem.reason,
    }


def sheet_line(kind: str, file: FileRead, outcome: SheetOutcome) -> dict[str, str | None]:
    told = line(kind, file, outcome.name, "read", None)
    counts = Counter(rows_loaded=len(outcome.loaded), rows_quarantined=len(outcome.set_aside))
    counts["rows_read"] = outcome.rows_read
    return told | {name: str(number) for name, number in counts.items()}


def line(
    kind: str, file: FileRead, sheet: str, status: str, reason: str | None
) -> dict[str, str | None]:
    return {
        "sheet_key": hashed(kind, file.name, sheet),
        "place": f"{kind}/{file.name}",
        "file": file.name,
        "sheet": sheet,
        "sha256": file.sha256,
        "kind": kind,
        "status": status,
        "reason": reason,
        "conventions": file.conventions,
        "rows_read": None,
        "rows_loaded": None,
        "rows_quarantined": None,
    }
