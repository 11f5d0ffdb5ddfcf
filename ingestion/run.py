"""What others call: land pages of a source, load them into raw, prepare the tables.

Landing runs in parallel and never writes to the warehouse; loading is the one writer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingestion.engine import cursor, landing, warehouse
from ingestion.engine import load as loading
from ingestion.engine.cache import Cache
from ingestion.engine.errors import (
    FatalError,
    IngestionError,
    RestartError,
    SkippableError,
    StoppedError,
)
from ingestion.engine.watch import watched_ids
from ingestion.model import (
    Entity,
    Home,
    Landed,
    Loaded,
    Mode,
    Page,
    Plan,
    Pull,
    Source,
    Window,
)
from ingestion.sources import SOURCES

__all__ = [
    "SOURCES",
    "Home",
    "Landed",
    "Loaded",
    "Window",
    "cursors",
    "land",
    "load",
    "prepare",
    "rebuild",
]

logger = logging.getLogger(__name__)

# Search indexes lag, and long saves commit with an older stamp than what was read before.
LOOK_BACK = timedelta(minutes=10)
RESTARTS = 2
# What a description meets when whole JSON is not what the vendor's documents say.
SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError)
NOW_FORMAT = "%Y%m%dT%H%M%S%fZ"  # load ids sort by time


def land(
    source: str,
    entities: Iterable[str],
    *,
    settings: Mapping[str, str],
    home: Home,
    mode: Mode,
    window: Window | None = None,
    workers: int = 4,
) -> list[Landed]:
    """Pull entities of a source into landing folders; one result per entity, never an exception.

    `mode` is "incremental", "full" or "sweep"; an explicit window makes it a backfill. The
    warehouse is opened for a moment, to see up to when each entity has been read.
    """
    described = SOURCES[source]
    chosen = [described.entity(name) for name in entities]
    lack = described.missing(settings)
    if lack is not None:
        return [Landed(source, entity.name, "not_configured", reason=lack) for entity in chosen]
    try:
        since, watched = _read_so_far(described, chosen, home)
        connection = described.connect(settings)
    except IngestionError as error:
        return [Landed(source, entity.name, "failed", reason=str(error)) for entity in chosen]
    cache = Cache()
    stopping = threading.Event()

    def one(entity: Entity) -> Landed:
        entity_mode, entity_window = _window(
            entity, mode, window, since.get(entity.name), connection.now
        )
        with connection.open_client() as client:
            pull = Pull(
                client, cache, settings, entity, entity_mode, entity_window, watched[entity.name]
            )
            return _land(
                described, pull, home, api_version=connection.api_version, stopping=stopping
            )

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix=source) as pool:
        try:
            return list(pool.map(one, chosen))
        except BaseException:
            # Ctrl-C: what is under way must not go on to its end before the process does.
            stopping.set()
            raise


def load(source: str, entities: Iterable[str], *, home: Home) -> list[Loaded]:
    """Load every landing that raw does not hold yet, oldest first; one result per folder.

    The first folder of an entity that cannot be loaded stops that entity: what follows it may
    rest on it, and its cursor has not moved.
    """
    described = SOURCES[source]
    results: list[Loaded] = []
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        warehouse.prepare_tables(connection, described)
        for name in entities:
            entity = described.entity(name)
            done = cursor.loaded_ids(connection, source, entity.name)
            for folder in landing.folders(home.landing, source, entity.name):
                if folder.name in done:
                    continue
                try:
                    results.append(loading.load_folder(connection, described, folder))
                except IngestionError as error:
                    logger.info("%s.%s: %s", source, name, error)
                    results.append(
                        Loaded(source, name, "failed", load_id=folder.name, reason=str(error))
                    )
                    break
    return results


def prepare(source: str, *, home: Home) -> None:
    """Make all raw tables of a source, so that models can be built before the first load."""
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        warehouse.prepare_tables(connection, SOURCES[source])


def rebuild(source: str, *, home: Home) -> list[Loaded]:
    """Drop the raw tables of a source and make them anew from landing, without the API."""
    described = SOURCES[source]
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        connection.execute("begin")
        connection.execute(f"drop schema if exists {described.schema} cascade")
        connection.execute("delete from _ingestion.loads where source = ?", [source])
        connection.execute("delete from _ingestion.cursors where source = ?", [source])
        connection.execute("commit")
    return load(source, described.entities, home=home)


def cursors(source: str, *, home: Home) -> dict[str, datetime]:
    """Up to when each entity has been read."""
    if not home.warehouse.exists():
        return {}
    with warehouse.opened(home.warehouse, read_only=True) as connection:
        return cursor.cursors(connection, source)


def _read_so_far(
    source: Source, entities: Sequence[Entity], home: Home
) -> tuple[dict[str, datetime], dict[str, tuple[str, ...]]]:
    """The cursors, and the ids of the records whose links are watched."""
    watched: dict[str, tuple[str, ...]] = {entity.name: () for entity in entities}
    if not home.warehouse.exists():
        return {}, watched
    with warehouse.opened(home.warehouse, read_only=True) as connection:
        since = cursor.cursors(connection, source.name)
        for entity in entities:
            if entity.name in since:
                watched[entity.name] = watched_ids(connection, source, entity, since[entity.name])
    return since, watched


def _window(
    entity: Entity,
    mode: Mode,
    window: Window | None,
    since: datetime | None,
    now: datetime,
) -> tuple[Mode, Window]:
    if entity.whole:
        return "whole", Window(None, now)
    if window is not None:
        return "backfill", window
    if mode == "sweep":
        return "sweep", Window(None, now)
    if mode == "full" or since is None:
        return "full", Window(None, now)
    return "incremental", Window(since - LOOK_BACK, now)


def _land(
    source: Source, pull: Pull, home: Home, *, api_version: str, stopping: threading.Event
) -> Landed:
    started = time.monotonic()
    outcome = Landed(source.name, pull.entity.name, "landed")
    try:
        landing.clear_unfinished(home.landing, source.name, pull.entity.name)
        manifest = _with_restarts(
            lambda: _write(source, pull, api_version, home, started=started, stopping=stopping)
        )
        outcome = replace(
            outcome, load_id=manifest.load_id, rows=manifest.rows, bytes=manifest.bytes
        )
    except SkippableError as error:
        outcome = replace(outcome, status="skipped", reason=str(error))
    except IngestionError as error:
        outcome = replace(outcome, status="failed", reason=str(error))
    except OSError as error:
        # A full or read-only disk: without the path, which may name a person.
        outcome = replace(outcome, status="failed", reason=f"writing the landing: {error.strerror}")
    outcome = replace(
        outcome,
        requests=pull.client.requests,
        seconds=time.monotonic() - started,
        window_start=pull.window.start,
        window_end=pull.window.end,
    )
    logger.info(
        "%s.%s: %s, %s rows, %s requests, %.1f s",
        outcome.source, outcome.entity, outcome.status, outcome.rows, outcome.requests,
        outcome.seconds,
    )  # fmt: skip
    return outcome


def _with_restarts(write: Callable[[], landing.Manifest]) -> landing.Manifest:
    """The vendor may forget a cursor in the middle: begin again, but not for ever."""
    for _ in range(RESTARTS):
        try:
            return write()
        except RestartError as error:
            logger.info("%s; starting this entity again", error)
    return write()


def _write(
    source: Source,
    pull: Pull,
    api_version: str,
    home: Home,
    *,
    started: float,
    stopping: threading.Event,
) -> landing.Manifest:
    try:
        plan = pull.entity.plan(pull)
    except SHAPE_ERRORS as error:
        raise _misshapen(error) from error
    landed_at = datetime.now(UTC)
    load_id = landed_at.strftime(NOW_FORMAT)
    folder = home.landing / source.name / pull.entity.name
    with landing.Writer(folder, load_id) as writer:
        for page in _shaped(pull, plan):
            if stopping.is_set():
                raise StoppedError("interrupted")
            writer.add(page)
        return writer.finish(
            source=source.name,
            entity=pull.entity.name,
            mode=pull.mode,
            window=pull.window,
            api_version=api_version,
            landed_at=landed_at,
            plan=plan,
            requests=pull.client.requests,
            seconds=time.monotonic() - started,
        )


def _shaped(pull: Pull, plan: Plan) -> Iterator[Page]:
    pages = iter(pull.entity.extract(pull, plan))
    while True:
        try:
            page = next(pages)
        except StopIteration:
            return
        except SHAPE_ERRORS as error:
            raise _misshapen(error) from error
        yield page


def _misshapen(error: Exception) -> FatalError:
    return FatalError(f"an answer has not the documented shape ({type(error).__name__})")
