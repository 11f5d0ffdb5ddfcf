"""Progress on a terminal: a bar per entity under way, and a line for all of them together."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.table import Column
from rich.text import Text

from ingestion.engine.progress import Pulse, clock_text
from ingestion.model import Landed, Loaded

REDRAWN_PER_SECOND = 5
WIDE_SCREEN, WIDE_BAR, NARROW_BAR, NAME = 110, 24, 8, 20


class Bars:
    """Everything vanishes when the `with` is left: the tables that follow say what came of it."""

    wants_totals = True

    def __init__(self, console: Console, source: str, entities: int, doing: str) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=NAME)),
            _Bar(WIDE_BAR if console.width >= WIDE_SCREEN else NARROW_BAR),
            TextColumn("{task.fields[numbers]}", markup=False),
            console=console,
            transient=True,
            refresh_per_second=REDRAWN_PER_SECOND,
        )
        self._lock = threading.Lock()
        self._source = source
        self._pulses: dict[str, Pulse] = {}
        self._tasks: dict[str, TaskID] = {}
        self._rows = self._requests = self._ended = 0
        self._quota: int | None = None
        self._began = time.monotonic()
        self._entities = entities
        self._all = self._progress.add_task(source, total=entities, numbers=doing)

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, pulse: Pulse) -> None:
        with self._lock:
            self._pulses[pulse.entity] = pulse
            known = self._tasks.get(pulse.entity)
            if known is not None:
                self._progress.remove_task(known)
            self._tasks[pulse.entity] = self._progress.add_task(
                f"  {pulse.entity}", total=pulse.expected, numbers=""
            )
            self._tell()

    def page(self, pulse: Pulse) -> None:
        with self._lock:
            self._pulses[pulse.entity] = pulse
            self._quota = pulse.quota_left
            self._progress.update(
                self._tasks[pulse.entity], completed=pulse.rows, numbers=_numbers(pulse)
            )
            self._tell()

    def end(self, landed: Landed) -> None:
        with self._lock:
            self._pulses.pop(landed.entity, None)
            task = self._tasks.pop(landed.entity, None)
            if task is not None:
                self._progress.remove_task(task)
            self._ended += 1
            self._rows += landed.rows
            self._requests += landed.requests
            self._progress.update(self._all, completed=self._ended)
            self._tell()

    def loaded(self, loaded: Loaded) -> None:
        with self._lock:
            said = f"loading into raw: {loaded.entity}, {loaded.rows_read:,} rows"
            self._progress.update(self._all, advance=1, numbers=said)

    def _tell(self) -> None:
        rows = self._rows + sum(pulse.rows for pulse in self._pulses.values())
        requests = self._requests + sum(pulse.requests for pulse in self._pulses.values())
        seconds = max(time.monotonic() - self._began, 0.001)
        parts = [
            f"{self._ended} of {self._entities}",
            f"{rows:,} rows",
            f"{rows / seconds:,.0f} rows/s",
        ]
        if self._quota is not None:
            parts.append(f"{self._quota:,} calls left")
        parts.append(f"{requests:,} requests")
        self._progress.update(self._all, numbers=", ".join(parts))


def _numbers(pulse: Pulse) -> str:
    """On a narrow screen the end of it is cut off."""
    parts = [
        f"{pulse.rows:,}" + (f" of {pulse.expected:,}" if pulse.expected else "") + " rows",
        f"{pulse.rate:,.0f} rows/s",
    ]
    if pulse.seconds_left is not None:
        parts.append(f"{clock_text(pulse.seconds_left)} to go")
    parts.append(f"{pulse.requests:,} requests")
    return ", ".join(parts)


class _Bar(ProgressColumn):
    """A bar where the end is known, room where it is not."""

    def __init__(self, width: int) -> None:
        super().__init__(Column(min_width=width, no_wrap=True))
        self._width = width

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text(" " * self._width)
        filled = round(self._width * min(1.0, task.completed / max(task.total, 1)))
        return Text("━" * filled + "─" * (self._width - filled))
