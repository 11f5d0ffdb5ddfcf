"""What the command line shows: tables of what came of a run, and its progress meanwhile."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from ingestion.check import Checked
from ingestion.engine.progress import Lines, Progress, Together
from ingestion.engine.worklog import JsonLines
from ingestion.model import Landed, Loaded

REASON_WIDTH = 96


@contextmanager
def shown(
    source: str, entities: int, doing: str, *, stream: TextIO, is_plain: bool, log: Path | None
) -> Iterator[Progress]:
    """Bars on a terminal, else a line now and then; beside it the log, if one is wanted."""
    with ExitStack() as stack:
        members: list[Progress] = []
        if log is not None:
            members.append(stack.enter_context(JsonLines(log)))
        bars = None
        if stream.isatty() and not is_plain:
            from rich.console import Console

            from ingestion.engine.bars import Bars

            console = Console(file=stream)
            if not console.is_dumb_terminal:
                bars = stack.enter_context(Bars(console, source, entities, doing))
        members.append(bars or Lines(lambda line: print(line, file=stream, flush=True)))
        yield Together(members)


def of_landed(landed: Sequence[Landed]) -> str:
    rows: list[tuple[object, ...]] = []
    told: set[str] = set()
    for outcome in landed:
        notes = _wrapped(note for note in outcome.notes if note not in told)
        told.update(outcome.set_aside)  # of what several would say, the first is enough
        numbers = (outcome.rows, outcome.requests, outcome.bytes // 1024, f"{outcome.seconds:.1f}")
        rows.append((outcome.entity, outcome.status, *numbers, notes[0] if notes else ""))
        rows += [("", "", "", "", "", "", note) for note in notes[1:]]
    return table(("entity", "landing", "rows", "requests", "kB", "seconds", "note"), rows)


def of_loaded(loaded: Sequence[Loaded]) -> str:
    return table(
        ("entity", "raw", "read", "new", "updated", "gone", "columns added", "seconds", "note"),
        [
            (
                outcome.entity,
                outcome.status,
                outcome.rows_read,
                outcome.rows_inserted,
                outcome.rows_updated,
                outcome.rows_deleted,
                len(outcome.columns_added),
                f"{outcome.seconds:.1f}",
                outcome.reason or "",
            )
            for outcome in loaded
        ],
    )


def of_checked(checked: Checked) -> str:
    """One source: who we are to it, what can be read, and what cannot and why."""
    if checked.lack is not None:
        return f"{checked.source}: not configured: {checked.lack}\n"
    lines = [checked.source]
    width = max((len(name) for name in checked.facts), default=0)
    lines += [f"  {name.ljust(width)}  {fact}" for name, fact in checked.facts.items()]
    if checked.problem is not None:
        lines += textwrap.wrap(
            f"  cannot be read: {checked.problem}", REASON_WIDTH, subsequent_indent="    "
        )
    rows: list[tuple[str, ...]] = []
    for finding in checked.findings:
        count = "" if finding.rows is None else f"{finding.rows:,}"
        said = _wrapped(finding.remarks)
        rows.append((finding.entity, finding.status, count, said[0] if said else ""))
        rows += [("", "", "", part) for part in said[1:]]
    text = "\n".join(lines) + "\n"
    if rows:
        text += "\n" + table(("entity", "status", "rows", "to know"), rows)
        readable = sum(finding.status == "readable" for finding in checked.findings)
        text += f"{readable} of {len(checked.findings)} entities can be read\n"
    return text


def _wrapped(sentences: Iterable[str]) -> list[str]:
    return [part for sentence in sentences for part in textwrap.wrap(sentence, REASON_WIDTH)]


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need; nothing where there are no rows."""
    if not rows:
        return ""
    texts = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in texts) for n in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    ]
    return "\n".join(lines) + "\n"
