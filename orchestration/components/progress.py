"""Progress of a pull in Dagster: observations of what takes long, lines, and numbers for the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg

from ingestion.engine.progress import Progress, Pulse, Together, sentence
from ingestion.engine.worklog import JsonLines
from ingestion.model import Landed, Loaded

# An event is a row of Dagster's own database and a line of a page that people read.
OBSERVED_EVERY = 60.0  # seconds, per entity


class Observations:
    """An observation of the entity's asset every so often while it is under way.

    `pulses` holds the last of each entity, for the metadata of what comes out in the end.
    """

    wants_totals = False  # a request per entity is too much for a page that nobody may look at

    def __init__(
        self,
        observe: Callable[[dg.AssetObservation], None],
        say: Callable[[str], None],
        key_of: Callable[[str], dg.AssetKey],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._observe = observe
        self._say = say
        self._key_of = key_of
        self._clock = clock
        self._lock = threading.Lock()
        self._told_at: dict[str, float] = {}
        self.pulses: dict[str, Pulse] = {}

    def begin(self, pulse: Pulse) -> None:
        with self._lock:
            self._told_at[pulse.entity] = self._clock()
            self.pulses[pulse.entity] = pulse

    def page(self, pulse: Pulse) -> None:
        # Under the lock to the end: what writes Dagster's events is not made for many threads.
        with self._lock:
            self.pulses[pulse.entity] = pulse
            now = self._clock()
            if now - self._told_at.get(pulse.entity, now) < OBSERVED_EVERY:
                return
            self._told_at[pulse.entity] = now
            self._say(sentence(pulse))
            self._observe(
                dg.AssetObservation(asset_key=self._key_of(pulse.entity), metadata=numbers(pulse))
            )

    def end(self, landed: Landed) -> None: ...

    def loaded(self, loaded: Loaded) -> None:
        with self._lock:
            said = f"{loaded.source} {loaded.entity}: {loaded.status}, {loaded.rows_read:,} rows"
            self._say(f"{said}, {loaded.seconds:.1f} s")


def numbers(pulse: Pulse) -> dict[str, int | float]:
    """What is told of a pull in metadata, whether it is under way or done."""
    facts: dict[str, int | float] = {
        "rows": pulse.rows,
        "rows_per_second": round(pulse.rate, 1),
        "requests": pulse.requests,
        "seconds": round(pulse.seconds, 1),
    }
    if pulse.quota_left is not None:
        facts["quota_left"] = pulse.quota_left
    return facts


@contextmanager
def observed(
    context: dg.AssetExecutionContext, key_of: Callable[[str], dg.AssetKey], log: str
) -> Iterator[tuple[Progress, Observations]]:
    """What to hand to a pull or a load, and what it has told when it is over."""
    observations = Observations(context.log_event, context.log.info, key_of)
    with ExitStack() as stack:
        members: list[Progress] = [observations]
        if log:
            members.append(stack.enter_context(JsonLines(Path(log))))
        yield Together(members), observations
