"""What others call: land pages of a source, load them into raw, prepare the tables.

Landing runs in parallel and never writes to the warehouse; loading is the one writer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import cast

from ingestion.engine import (
    compact,
    cursor,
    healings,
    landing,
    own_objects,
    privacy,
    rules,
    unfinished,
    vanish,
    warehouse,
)
from ingestion.engine import erase as erasing
from ingestion.engine import load as loading
from ingestion.engine.cache import Cache
from ingestion.engine.errors import IngestionError
from ingestion.engine.land import Landing, both, land_entity
from ingestion.engine.progress import Progress, Silence
from ingestion.engine.reconcile import is_uncounted, remedy
from ingestion.engine.unfinished import Begun
from ingestion.engine.watch import binned_ids, watched_ids
from ingestion.model import (
    Entity,
    Home,
    Landed,
    Loaded,
    Mode,
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
    "erase",
    "land",
    "load",
    "prepare",
    "rebuild",
    "settle",
]

logger = logging.getLogger(__name__)

# Search indexes lag, and long saves commit with an older stamp than what was read before.
LOOK_BACK = timedelta(minutes=10)
# What can wait when the calls of a day run short.
BACKGROUND: tuple[Mode, ...] = ("full", "sweep", "backfill")


def land(
    source: str,
    entities: Iterable[str],
    *,
    settings: Mapping[str, str],
    home: Home,
    mode: Mode,
    window: Window | None = None,
    workers: int = 4,
    progress: Progress | None = None,
) -> list[Landed]:
    """Pull entities of a source into landing folders; one result per entity, never an exception.

    `mode` is "incremental", "full" or "sweep"; an explicit window makes it a backfill. The
    warehouse is opened for a moment, to see up to when each entity has been read. What only this
    account has is pulled with all entities of the source, or by the name `custom_objects`.
    """
    described = SOURCES[source]
    telling = progress or Silence()
    names = list(entities)
    chosen = [described.entity(name) for name in names if not own_objects.is_own(described, name)]
    lack = described.missing(settings)
    if lack is not None:
        return [Landed(source, name, "not_configured", reason=lack) for name in names]
    try:
        field_rules = rules.read(settings, described, SOURCES)
        # A connection keeps the refresh tokens that it is given where everything else lies.
        connection = described.connect({**settings, "SALES_HEARTBEAT_HOME": str(home.root)})
        cache = Cache()
        own, trouble = own_objects.discovered(described, names, settings, connection, cache)
        chosen = [privacy.screened(described, entity, field_rules) for entity in (*chosen, *own)]
        since, watched, binned = _read_so_far(described, chosen, home, connection.now)
    except IngestionError as error:
        failed = [Landed(source, name, "failed", reason=str(error)) for name in names]
        for outcome in failed:
            telling.end(outcome)
        return failed
    stopping = threading.Event()
    into = Landing(described, home, telling, connection.api_version, stopping)

    def mode_of(entity: Entity) -> Mode:
        return _window(entity, mode, window, since.get(entity.name), connection.now)[0]

    def asked(entity: Entity, its: Mode, period: Window, begun: Begun | None = None) -> Landed:
        with connection.open_client() as client:
            client.pace.stopping = stopping
            client.is_background = its in BACKGROUND
            pull = Pull(
                client,
                cache,
                settings,
                entity,
                its,
                period,
                watched[entity.name],
                binned[entity.name],
            )
            return land_entity(into, pull, begun)

    def one(entity: Entity) -> Landed:
        its, period = _window(entity, mode, window, since.get(entity.name), connection.now)
        folder = home.landing / source / entity.name
        begun = unfinished.begun(folder, its, period, connection.api_version)
        landed = asked(entity, its, period if begun is None else begun.window, begun)
        following = _following(landed, its, begun, connection.now)
        if following is not None:
            landed = both(landed, asked(entity, "incremental", following))
        telling.end(landed)
        return landed

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix=source) as pool:
        try:
            ordered = sorted(chosen, key=lambda entity: _rank(described, entity, mode_of(entity)))
            done = {landed.entity: landed for landed in pool.map(one, ordered)}
            return [*(done[entity.name] for entity in chosen), *trouble]
        except BaseException:
            # Ctrl-C: what is under way must not go on to its end before the process does.
            stopping.set()
            raise


def load(
    source: str, entities: Iterable[str], *, home: Home, progress: Progress | None = None
) -> list[Loaded]:
    """Load every landing that raw does not hold yet, oldest first; one result per folder.

    The first folder of an entity that cannot be loaded stops that entity: what follows it may
    rest on it, and its cursor has not moved.
    """
    described = SOURCES[source]
    telling = progress or Silence()
    results: list[Loaded] = []
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        warehouse.prepare_tables(connection, described)
        for entity in own_objects.with_own(described, entities, home):
            name = entity.name
            if name not in described.entities:
                warehouse.prepare_entity(connection, described, entity)
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
                    telling.loaded(results[-1])
                    break
                telling.loaded(results[-1])
        erased = erasing.carry_out(connection, described, home)
        is_due = compact.is_due(connection)
    if is_due:
        compact.clean(home.warehouse, is_made_anew=False, is_fresh=erased > 0)
    return results


def erase(source: str, entity: str, people: Sequence[str], *, home: Home) -> int:
    """Forget these people, by their ids at the vendor; return how many rows were changed."""
    described = SOURCES[source]
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        warehouse.prepare_tables(connection, described)
        connection.execute("begin")
        vanish.note(connection, described, described.entity(entity), people, load_id="by hand")
        connection.execute("commit")
        erased = erasing.carry_out(connection, described, home)
        is_due = compact.is_due(connection)
    if is_due:
        compact.clean(home.warehouse, is_made_anew=False, is_fresh=erased > 0)
    return erased


def settle(
    source: str,
    loaded: Iterable[Loaded],
    *,
    settings: Mapping[str, str],
    home: Home,
    workers: int = 4,
    progress: Progress | None = None,
) -> tuple[list[Landed], list[Loaded]]:
    """Close the gaps that these loads have left, by sweeping or reading anew at once.

    Each entity once a day: what that does not heal is for a person to look at. What cannot be
    counted is swept when it was not listed in full for a day.
    """
    latest = {one.entity: one for one in loaded if one.status == "loaded"}
    wanted = {entity: mode for entity, one in latest.items() if (mode := remedy(one)) is not None}
    uncounted = [entity for entity, one in latest.items() if is_uncounted(one)]
    if not wanted and not uncounted:
        return [], []
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        for entity in uncounted:
            if healings.unproved(connection, source, entity):
                wanted[entity] = "sweep"
        wanted = healings.begin(connection, source, wanted)
    landed: list[Landed] = []
    for mode in ("sweep", "full"):
        chosen = [entity for entity, its in wanted.items() if its == mode]
        if chosen:
            why = "a gap" if set(chosen) - set(uncounted) else "no number to compare with"
            logger.warning("%s: %s, for there is %s: %s", source, mode, why, ", ".join(chosen))
            landed += land(
                source,
                chosen,
                settings=settings,
                home=home,
                mode=cast(Mode, mode),
                workers=workers,
                progress=progress,
            )
    if not landed:
        return [], []
    return landed, load(source, list(wanted), home=home, progress=progress)


def prepare(source: str, *, home: Home) -> None:
    """Make all raw tables of a source, so that models can be built before the first load."""
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        warehouse.prepare_tables(connection, SOURCES[source])


def rebuild(source: str, *, home: Home, progress: Progress | None = None) -> list[Loaded]:
    """Drop the raw tables of a source and make them anew from landing, without the API."""
    described = SOURCES[source]
    with warehouse.opened(home.warehouse) as connection:
        warehouse.prepare_books(connection)
        connection.execute("begin")
        connection.execute(f"drop schema if exists {described.schema} cascade")
        connection.execute("delete from _ingestion.loads where source = ?", [source])
        connection.execute("delete from _ingestion.cursors where source = ?", [source])
        connection.execute("delete from _ingestion.fields where source = ?", [source])
        connection.execute("delete from _ingestion.reconciliation where source = ?", [source])
        connection.execute("commit")
    return load(source, described.entities, home=home, progress=progress)


def cursors(source: str, *, home: Home) -> dict[str, datetime]:
    """Up to when each entity has been read."""
    if not home.warehouse.exists():
        return {}
    with warehouse.opened(home.warehouse, read_only=True) as connection:
        return cursor.cursors(connection, source)


def _read_so_far(
    source: Source, entities: Sequence[Entity], home: Home, now: datetime
) -> tuple[dict[str, datetime], dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """From when on changes are read, the ids of the records whose links are watched, and of those in the bin."""
    watched: dict[str, tuple[str, ...]] = {entity.name: () for entity in entities}
    binned = dict(watched)
    if not home.warehouse.exists():
        return {}, watched, binned
    with warehouse.opened(home.warehouse, read_only=True) as connection:
        since = cursor.starts(connection, source.name, now=now, own_now=datetime.now(UTC))
        for entity in entities:
            if entity.name in since:
                watched[entity.name] = watched_ids(connection, source, entity, since[entity.name])
                binned[entity.name] = binned_ids(connection, source, entity, since[entity.name])
    return since, watched, binned


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


def _following(landed: Landed, mode: Mode, begun: Begun | None, now: datetime) -> Window | None:
    """What has changed since a pull was broken off that has now come to its end: its window was the
    old one. None where there is nothing of the kind."""
    if begun is None or landed.status != "landed" or mode not in ("incremental", "full"):
        return None
    end = begun.window.end
    if end >= now:
        return None
    # The vendor's clock may have been ahead then; ours tells how long ago it was (see `cursor`).
    end = min(end, now - (datetime.now(UTC) - begun.manifest.landed_at))
    return Window(end - LOOK_BACK, now)


def _rank(source: Source, entity: Entity, mode: Mode) -> tuple[bool, bool, int]:
    """What comes first has the day's calls: changes before all that can wait, deals before notes."""
    order = source.urgent
    place = order.index(entity.name) if entity.name in order else len(order)
    return mode in BACKGROUND, mode != "whole", place
