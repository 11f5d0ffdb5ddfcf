"""What a run tells while it goes on, and the plainest way of telling it: a line now and then.

Numbers, names of sources and entities, and our own sentences: no record's value comes by here.
Workers call from their threads.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ingestion.engine.errors import IngestionError
from ingestion.model import Landed, Loaded, Page, Pull

logger = logging.getLogger(__name__)

LINE_SECONDS = 10.0


@dataclass(frozen=True)
class Pulse:
    """One entity's pull so far. `expected` rows and `quota_left` (calls) only where known."""

    source: str
    entity: str
    load_id: str
    rows: int = 0
    size: int = 0  # bytes of the answers' bodies
    pages: int = 0
    requests: int = 0
    seconds: float = 0.0
    expected: int | None = None
    quota_left: int | None = None

    @property
    def rate(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        if not self.expected or not self.rows:
            return None
        return max(0.0, (self.expected - self.rows) * self.seconds / self.rows)


class Progress(Protocol):
    """`wants_totals`: worth a request per entity of a full pull, to know its end beforehand."""

    wants_totals: bool

    def begin(self, pulse: Pulse) -> None:
        """An entity's pages will follow; once more when it begins anew."""

    def page(self, pulse: Pulse) -> None:
        """One more page has landed."""

    def end(self, landed: Landed) -> None:
        """An entity is through, whatever became of it."""

    def loaded(self, loaded: Loaded) -> None:
        """A landing folder is in raw, or could not be loaded."""


class Silence:
    wants_totals = False

    def begin(self, pulse: Pulse) -> None: ...

    def page(self, pulse: Pulse) -> None: ...

    def end(self, landed: Landed) -> None: ...

    def loaded(self, loaded: Loaded) -> None: ...


class Together:
    """Several at once."""

    def __init__(self, members: Sequence[Progress]) -> None:
        self._members = members
        self.wants_totals = any(member.wants_totals for member in members)

    def begin(self, pulse: Pulse) -> None:
        for member in self._members:
            member.begin(pulse)

    def page(self, pulse: Pulse) -> None:
        for member in self._members:
            member.page(pulse)

    def end(self, landed: Landed) -> None:
        for member in self._members:
            member.end(landed)

    def loaded(self, loaded: Loaded) -> None:
        for member in self._members:
            member.loaded(loaded)


class Meter:
    """Counts one entity's pages and hands the count on."""

    def __init__(
        self, progress: Progress, pull: Pull, *, source: str, load_id: str, started: float
    ) -> None:
        self._progress = progress
        self._pull = pull
        self._started = started
        expected = _expected(pull) if progress.wants_totals else None
        self._pulse = Pulse(source, pull.entity.name, load_id, expected=expected)
        progress.begin(self._pulse)

    def add(self, page: Page) -> None:
        budget = self._pull.client.pace.budget
        pulse = self._pulse = replace(
            self._pulse,
            # Links that were asked for beside the records do not count.
            rows=self._pulse.rows + (0 if page.asked else page.rows),
            size=self._pulse.size + len(page.body),
            pages=self._pulse.pages + 1,
            requests=self._pull.client.requests,
            seconds=time.monotonic() - self._started,
            quota_left=None if budget is None else budget.left,
        )
        self._progress.page(pulse)


def _expected(pull: Pull) -> int | None:
    if pull.mode not in ("full", "sweep") or pull.entity.count is None:
        return None
    try:
        counted = pull.entity.count(pull)
        return None if counted is None else counted.rows
    except (IngestionError, LookupError, TypeError, ValueError) as error:
        # Only the display goes without; the pull itself will meet the same and say it.
        logger.info("%s: no total (%s)", pull.entity.name, type(error).__name__)
        return None


@dataclass
class Lines:
    """A line per entity that is still under way, every so often; short pulls stay silent.

    `tell` is where a line goes: a stream's write, a logger.
    """

    tell: Callable[[str], None]
    every: float = LINE_SECONDS
    clock: Callable[[], float] = time.monotonic
    wants_totals: bool = False
    _told_at: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, pulse: Pulse) -> None:
        with self._lock:
            self._told_at[pulse.entity] = self.clock()

    def page(self, pulse: Pulse) -> None:
        with self._lock:
            now = self.clock()
            if now - self._told_at.get(pulse.entity, now) < self.every:
                return
            self._told_at[pulse.entity] = now
            self.tell(sentence(pulse))

    def end(self, landed: Landed) -> None:
        with self._lock:
            self._told_at.pop(landed.entity, None)

    def loaded(self, loaded: Loaded) -> None: ...


def sentence(pulse: Pulse) -> str:
    parts = [
        f"{pulse.rows:,} rows" + (f" of {pulse.expected:,}" if pulse.expected else ""),
        f"{pulse.rate:,.0f} rows/s",
        f"{pulse.requests:,} requests",
    ]
    if pulse.quota_left is not None:
        parts.append(f"{pulse.quota_left:,} calls left")
    if pulse.seconds_left is not None:
        parts.append(f"{clock_text(pulse.seconds_left)} to go")
    return f"{pulse.source} {pulse.entity}: {', '.join(parts)}"


def clock_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
