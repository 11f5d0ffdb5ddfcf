"""What becomes of all records of a kind together: one row per key, the others set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingestion.sources.spreadsheets.files import FileRead
from ingestion.sources.spreadsheets.records import Problem, Record

Row = Mapping[str, str | None]


@dataclass
class SheetOutcome:
    """Of one sheet: what loads and what is set aside. Their sum is what was read."""

    file: str
    name: str
    loaded: list[Record] = field(default_factory=list)
    set_aside: list[tuple[Record, Problem]] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        return len(self.loaded) + len(self.set_aside)


def outcomes(kind: str, files: Sequence[FileRead]) -> list[SheetOutcome]:
    """Files in the order of their names, sheets and rows as they stand: the later one counts."""
    found: list[SheetOutcome] = []
    winners: dict[str, tuple[SheetOutcome, Record]] = {}
    for file in files:
        for sheet in file.sheets:
            if sheet.kind != kind:
                continue
            outcome = SheetOutcome(file.name, sheet.name)
            found.append(outcome)
            for record in sheet.records:
                if record.problem is not None:
                    outcome.set_aside.append((record, record.problem))
                else:
                    winners[record.key] = (outcome, record)
    for file in files:
        for sheet in file.sheets:
            if sheet.kind != kind:
                continue
            outcome = next(one for one in found if (one.file, one.name) == (file.name, sheet.name))
            for record in sheet.records:
                if record.problem is not None:
                    continue
                where, winner = winners[record.key]
                if winner is record:
                    outcome.loaded.append(record)
                else:
                    outcome.set_aside.append((record, _lost(where, winner, outcome)))
    return found


def _lost(where: SheetOutcome, winner: Record, outcome: SheetOutcome) -> Problem:
    place = f"row {winner.row}"
    if where is not outcome:
        place += f" of sheet {where.name} of {where.file}"
    return Problem("", "", f"{place} stands for the same and comes later: that one counts")
