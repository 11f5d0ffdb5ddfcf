"""What a pull of a kind lands: pages of rows, of rows that were set aside, and of sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from ingestion.engine.errors import FatalError
from ingestion.model import Counted, Page, Plan, Pull
from ingestion.sources.spreadsheets.files import FileRead
from ingestion.sources.spreadsheets.folder import (
    FILES,
    LAST,
    READER,
    Before,
    before,
    bodies_of,
    file_read,
    listed,
    reader,
)
from ingestion.sources.spreadsheets.kinds import TARGETS
from ingestion.sources.spreadsheets.outcome import SheetOutcome, outcomes
from ingestion.sources.spreadsheets.pages import (
    aside_line,
    line,
    of_place,
    refusal,
    rows_page,
    sheet_line,
)
from ingestion.sources.spreadsheets.records import Record
from ingestion.sources.spreadsheets.tables import ROWS
from ingestion.sources.spreadsheets.versions import History, history_of, with_versions

VERSIONS = "versions"
UNKNOWN = "unknown"  # the kind of what could not be told
TIMEZONE = "SALES_HEARTBEAT_TIMEZONE"


@dataclass(frozen=True)
class Reading:
    """What a pull has found of its kind. Without a change there is nothing to land. `unknown` are
    the files that could not be read far enough to tell of what kind they are."""

    state: Mapping[str, tuple[str, ...]]
    held: Sequence[FileRead] = ()
    refused: Sequence[FileRead] = ()
    gone: Sequence[str] = ()
    results: Sequence[tuple[SheetOutcome, Sequence[Record]]] = ()
    history: History = field(default_factory=dict)
    counted: int | None = None
    unknown: Sequence[FileRead] = ()

    @property
    def is_changed(self) -> bool:
        return LAST not in self.state


def plan(pull: Pull) -> Plan:
    return Plan(fields=pull.entity.tables[0].columns, stars=_reading(pull).state)


def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
    found = _reading(pull)
    if not found.is_changed:
        return
    if pull.entity.name == FILES:
        yield from _pages_of_files(pull, found)
        return
    for outcome, rows in found.results:
        yield rows_page(outcome, rows)
    yield from _files_pages(pull.entity.name, found)
    if found.history:
        yield Page(VERSIONS, orjson.dumps({VERSIONS: found.history}), 0)


def count(pull: Pull) -> Counted | None:
    """The rows that raw must hold then; unknown where it keeps those of a file that was refused."""
    rows = _reading(pull).counted
    if rows is None:
        return None
    return Counted(rows=rows, changed_since=0, counted_at=pull.window.end)


def remarks(pull: Pull) -> tuple[str, ...]:
    """What was set aside, file by file."""
    said: list[str] = []
    for name in listed(pull):
        read = file_read(pull, name)
        if read.refused is not None:
            said += [f"{name}: {read.refused}"] * _is_of(pull, read)
            continue
        bad = sum(
            record.problem is not None
            for sheet in read.sheets
            for record in sheet.records
            if sheet.kind == pull.entity.name
        )
        said += [f"{name}: {bad} rows would be set aside"] * bool(bad)
    return tuple(said)


def set_aside(pull: Pull) -> tuple[str, ...]:
    """The files that this pull has refused, and how many rows of others it has not taken."""
    found = _reading(pull)
    refused = {file.name: str(file.refused) for file in [*found.refused, *found.unknown]}
    rows: Counter[str] = Counter()
    for outcome, _ in found.results:
        rows[outcome.file] += len(outcome.set_aside)
    return (
        *(f"{name} was refused: {refused[name]}" for name in sorted(refused)),
        *(
            f"{name}: {number} rows were set aside"
            for name, number in sorted(rows.items())
            if number
        ),
    )


def _is_of(pull: Pull, read: FileRead) -> bool:
    """Whether the entity has something to say of the file."""
    if pull.entity.name == FILES:
        is_of_none = read.refused is not None and not read.kinds
        return is_of_none or any(sheet.kind is None for sheet in read.sheets)
    return pull.entity.name in read.kinds


def _reading(pull: Pull) -> Reading:
    return pull.cache.get(f"kind:{pull.entity.name}", lambda: _look(pull))


def _look(pull: Pull) -> Reading:
    was = before(pull)
    now = listed(pull)
    is_new_reader = was.reader != reader(pull)
    fresh = [
        name
        for name, sha256 in now.items()
        if is_new_reader or name not in was.files or was.files[name].sha256 != sha256
    ]
    gone = [name for name, one in was.files.items() if name not in now and one.is_held]
    read = {name: file_read(pull, name) for name in fresh}
    unknown = [one for one in read.values() if one.refused is not None and not one.kinds]
    held = {name for name, one in was.files.items() if one.is_held and name in now}
    is_touched = bool(gone) or any(_is_of(pull, one) or one.name in held for one in read.values())
    if was.last is None or is_touched:
        read |= {name: file_read(pull, name) for name in held}
        return replace(_changed(pull, was, read, held, gone), unknown=unknown)
    counted = was.last.counted.rows if was.last.counted else None
    files = {name: was.files[name].is_held if name in was.files else False for name in now}
    return Reading(
        {**_state(pull, files), LAST: (was.last.load_id,)}, counted=counted, unknown=unknown
    )


def _changed(
    pull: Pull,
    was: Before,
    read: Mapping[str, FileRead],
    held: set[str],
    gone: Sequence[str],
) -> Reading:
    files: dict[str, bool] = {}
    whole, refused, left = [], [], list(gone)
    for name in listed(pull):
        one = read.get(name)
        if one is None:
            files[name] = False
            continue
        # A file that can no longer be read at all is still taken for what it was.
        is_stale = name in held and one.refused is not None
        files[name] = _is_of(pull, one) or is_stale
        if one.refused is not None:
            refused += [one] * _is_of(pull, one)
        elif files[name]:
            whole.append(one)
        elif name in held:
            left.append(name)
    history = _history(pull, was)
    results: list[tuple[SheetOutcome, Sequence[Record]]] = []
    for outcome in outcomes(pull.entity.name, whole):
        rows: Sequence[Record] = outcome.loaded
        if pull.entity.name == TARGETS.name:
            rows = with_versions(outcome.loaded, history, _today(pull))
        results.append((outcome, rows))
    is_told = pull.entity.name != FILES and not any(
        one.name in held for one in read.values() if one.refused
    )
    counted = sum(len(rows) for _, rows in results) if is_told else None
    return Reading(_state(pull, files), whole, refused, left, results, history, counted)


def _state(pull: Pull, files: Mapping[str, bool]) -> dict[str, tuple[str, ...]]:
    now = listed(pull)
    return {
        FILES: tuple(f"{now[name]} {int(is_held)} {name}" for name, is_held in files.items()),
        READER: (reader(pull),),
    }


def _history(pull: Pull, was: Before) -> History:
    kept: History = {}
    if was.last is not None:
        for document in bodies_of(pull, was.last, VERSIONS):
            kept |= history_of(document)
    return kept


def _today(pull: Pull) -> date:
    name = pull.settings.get(TIMEZONE) or "UTC"
    try:
        return pull.window.end.astimezone(ZoneInfo(name)).date()
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise FatalError(f"{TIMEZONE}: there is no time zone {name}") from error


def _files_pages(kind: str, found: Reading) -> Iterator[Page]:
    """Per file what was set aside and what became of its sheets; of those that have left, silence."""
    by_file: dict[str, list[SheetOutcome]] = {one.name: [] for one in found.held}
    for outcome, _ in found.results:
        by_file[outcome.file].append(outcome)
    for file in found.held:
        aside = [
            aside_line(kind, file.name, outcome.name, record, problem)
            for outcome in by_file[file.name]
            for record, problem in outcome.set_aside
        ]
        yield from of_place(
            kind, file, aside, [sheet_line(kind, file, o) for o in by_file[file.name]]
        )
    for file in found.refused:
        yield from refusal(kind, file)
    for name in found.gone:
        yield Page(ROWS, orjson.dumps({ROWS: []}), 0, context={"file": name})
        yield from of_place(kind, FileRead(name, ""), [], [])


def _pages_of_files(pull: Pull, found: Reading) -> Iterator[Page]:
    """Files and sheets that belong to no kind."""
    for file in found.refused:
        yield from refusal(UNKNOWN, file)
    for file in found.held:
        ignored = [
            line(UNKNOWN, file, sheet.name, "ignored", sheet.reason)
            for sheet in file.sheets
            if sheet.kind is None
        ]
        yield from of_place(UNKNOWN, file, [], ignored)
    for name in found.gone:
        yield from of_place(UNKNOWN, FileRead(name, ""), [], [])
