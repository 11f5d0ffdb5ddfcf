"""Our own pull, end to end: pages landed, rows in typed tables."""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from ingestion.engine.client import Client
from ingestion.engine.landing import Writer
from ingestion.model import Entity, Landed, Loaded, Plan, Pull, Source
from ingestion.run import SOURCES, Home, land, load
from sandbox.connection import environment

# No pause between searches: it is our speed that is asked for, not the vendor's.
# Bulk from a thousand rows on, so that it is what is measured at any size.
_SETTINGS = {"HUBSPOT_SEARCH_PER_SECOND": "100000", "SALESFORCE_BULK_FROM_ROWS": "1000"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--source", choices=list(SOURCES), required=True)
    parser.add_argument("--entities", required=True)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--mode", choices=("full", "incremental"), default="full")
    parser.add_argument("--history", action="store_true")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    entities = options.entities.split(",")
    source = SOURCES[options.source]
    if not options.history:
        source = _without_history(source, entities)
    home = Home(options.home)
    settings = environment(options.url) | _SETTINGS
    stages: dict[str, float] = {}
    profile = _profiled(stages) if options.profile else nullcontext()
    with mock.patch.dict(SOURCES, {source.name: source}), profile:
        started = time.monotonic()
        landed = land(
            options.source,
            entities,
            settings=settings,
            home=home,
            mode=options.mode,
            workers=options.connections,
        )
        between = time.monotonic()
        loaded = load(options.source, entities, home=home)
        ended = time.monotonic()
    stages |= {"land": between - started, "load": ended - between}
    outcomes: list[Landed | Loaded] = [*landed, *loaded]
    failed = [
        f"{outcome.entity}: {outcome.reason}"
        for outcome in outcomes
        if outcome.status not in ("landed", "loaded")
    ]
    rows = sum(outcome.rows for outcome in landed)
    print(json.dumps({"rows": rows, "failed": failed, "stages": stages}))


def _without_history(source: Source, entities: list[str]) -> Source:
    """The peers read no property history, so neither do we: a page then holds twice as many."""

    def bare(entity: Entity) -> Entity:
        def plan(pull: Pull) -> Plan:
            planned = entity.plan(pull)
            stars = {name: of for name, of in planned.stars.items() if name != "history"}
            return replace(planned, stars=stars)

        return replace(entity, plan=plan)

    chosen = {name: bare(source.entity(name)) for name in entities}
    return replace(source, entities={**source.entities, **chosen})


@contextmanager
def _profiled(stages: dict[str, float]) -> Iterator[None]:
    """Seconds inside the client and inside the landing writer, added up over all threads."""
    lock = threading.Lock()

    def timed(stage: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        def outer(*arguments: Any, **named: Any) -> Any:
            started = time.monotonic()
            try:
                return inner(*arguments, **named)
            finally:
                with lock:
                    stages[stage] = stages.get(stage, 0.0) + time.monotonic() - started

        return outer

    with (
        mock.patch.object(Client, "get", timed("download", Client.get)),
        mock.patch.object(Client, "post", timed("download", Client.post)),
        mock.patch.object(Writer, "add", timed("write", Writer.add)),
        mock.patch.object(Writer, "finish", timed("write", Writer.finish)),
    ):
        yield


if __name__ == "__main__":
    main()
