"""A folder of spreadsheets and what raw holds of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook

from ingestion.model import Landed, Loaded
from ingestion.run import SOURCES, Home, land, load
from ingestion.sources.spreadsheets import connection
from ingestion.sources.spreadsheets.files import FileRead, read

NOW = datetime(2026, 5, 10, 1, 30, tzinfo=UTC)  # still the 9th in São Paulo


@dataclass
class Desk:
    """Somebody's folder, and the warehouse beside it."""

    folder: Path
    home: Home
    settings: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *lines: str, encoding: str = "utf-8") -> None:
        (self.folder / name).write_bytes("\r\n".join(lines).encode(encoding))

    def book(self, name: str, **sheets: list[list[Any]]) -> None:
        workbook = Workbook()
        del workbook["Sheet"]
        for title, lines in sheets.items():
            sheet = workbook.create_sheet(title.replace("_", " "))
            for line in lines:
                sheet.append(line)
        workbook.save(self.folder / name)

    def pull(self, *entities: str) -> tuple[list[Landed], list[Loaded]]:
        chosen = entities or tuple(SOURCES["spreadsheets"].entities)
        landed = land(
            "spreadsheets", chosen, settings=self.settings, home=self.home, mode="incremental"
        )
        return landed, load("spreadsheets", chosen, home=self.home)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as opened:
            opened.execute("set schema = 'raw_spreadsheets'")
            return opened.execute(query).fetchall()

    def reasons(self, kind: str) -> list[str]:
        query = "select reason from quarantine where kind = ? and not _is_deleted order by file, sheet, sheet_row"
        with duckdb.connect(str(self.home.warehouse), read_only=True) as opened:
            opened.execute("set schema = 'raw_spreadsheets'")
            return [reason for (reason,) in opened.execute(query, [kind]).fetchall()]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set what time it is to the reader."""

    def at(instant: datetime) -> None:
        monkeypatch.setattr(connection, "clock", lambda: instant)

    at(NOW)
    return at


@pytest.fixture
def desk(tmp_path: Path, clock: Callable[[datetime], None]) -> Desk:
    folder = tmp_path / "sheets"
    folder.mkdir()
    settings = {
        "SPREADSHEETS_FOLDER": str(folder),
        "SALES_HEARTBEAT_TIMEZONE": "America/Sao_Paulo",
    }
    return Desk(folder, Home(tmp_path / "home"), settings)


def of_text(name: str, *lines: str, locale: str | None = None, encoding: str = "utf-8") -> FileRead:
    return read(name, "", "\n".join(lines).encode(encoding), locale)


def good(found: FileRead) -> list[dict[str, str | None]]:
    assert found.refused is None, found.refused
    return [
        {name: value for name, value in record.values.items() if value is not None}
        for sheet in found.sheets
        for record in sheet.records
        if record.problem is None
    ]


def bad(found: FileRead) -> list[tuple[int, str, str, str]]:
    return [
        (record.row, record.problem.column, record.problem.value, record.problem.reason)
        for sheet in found.sheets
        for record in sheet.records
        if record.problem is not None
    ]
