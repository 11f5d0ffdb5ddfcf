"""The engine in a hurry: waits are not waited, its clock is the story's, pages are small.

Applied in the test's own process and in those that are going to be killed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from unittest.mock import patch

import ingestion.engine.healings
import ingestion.engine.land
import ingestion.engine.pace
import ingestion.engine.warehouse
import ingestion.run
import ingestion.sources.hubspot.objects
import ingestion.sources.hubspot.search
import ingestion.sources.salesforce.bulk
from ingestion.sources import SOURCES

PATIENCE = 0.05  # seconds that a pull waits for the warehouse
SMALL_PAGES = {
    (ingestion.sources.hubspot.objects, "PAGE"): 20,
    (ingestion.sources.hubspot.objects, "PAGE_WITH_HISTORY"): 15,
    (ingestion.sources.hubspot.search, "SEARCH_PAGE"): 20,
    (ingestion.sources.salesforce.bulk, "RESULT_ROWS"): 25,
}


class Hurry:
    """A clock that sleeping moves forward at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = 0.0

    def clock(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._ahead += max(seconds, 0.0)
        time.sleep(0.0005)


@contextmanager
def hurried(source: str, entities: tuple[str, ...], store: Path, began: float) -> Iterator[None]:
    """`began` is the real time at which the story did, so that no two instants are the same.

    Of the source only these entities are left: making the tables of the others takes longer than
    a pull.
    """
    hurry = Hurry()

    class Own(datetime):
        """The computer's clock, which goes as the vendor's does."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            connection = sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)
            try:
                ((told,),) = connection.execute("select value from meta where key = 'now_ms'")
            finally:
                connection.close()
            return datetime.fromtimestamp(int(told) / 1000 + time.time() - began, tz or UTC)

    pace = ingestion.engine.pace.Pace.__init__
    opened = ingestion.engine.warehouse.opened.__wrapped__  # type: ignore[attr-defined]
    with ExitStack() as stack:
        # A gap is closed once a day; a story may have two.
        stack.enter_context(patch.object(ingestion.engine.healings, "EVERY", timedelta(0)))
        for owner, values in (
            (pace, {"clock": hurry.clock, "sleep": hurry.sleep}),
            (opened, {"wait": PATIENCE}),
        ):
            changed = {**owner.__kwdefaults__, **values}
            stack.enter_context(patch.object(owner, "__kwdefaults__", changed))
        stack.enter_context(patch.object(ingestion.run, "datetime", Own))
        stack.enter_context(patch.object(ingestion.engine.land, "datetime", Own))
        whole = SOURCES[source]
        few = replace(whole, entities={name: whole.entities[name] for name in entities})
        stack.enter_context(patch.dict(SOURCES, {source: few}))
        for (module, name), value in SMALL_PAGES.items():
            stack.enter_context(patch.object(module, name, value))
        yield
