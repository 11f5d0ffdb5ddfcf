"""One entity's pull into its landing folder: begun or gone on with, counted, told about."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingestion.engine import landing, unfinished
from ingestion.engine.errors import (
    CredentialsError,
    FatalError,
    IngestionError,
    RestartError,
    SkippableError,
    StoppedError,
)
from ingestion.engine.progress import Meter, Progress
from ingestion.engine.unfinished import Begun
from ingestion.model import Counted, Home, Landed, Page, Plan, Pull, Source

logger = logging.getLogger(__name__)

RESTARTS = 2
# What a description meets when whole JSON is not what the vendor's documents say.
SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError)
NOW_FORMAT = "%Y%m%dT%H%M%S%fZ"  # load ids sort by time


@dataclass(frozen=True)
class Landing:
    """What all pulls of one call have in common."""

    source: Source
    home: Home
    progress: Progress
    api_version: str
    stopping: threading.Event


def land_entity(into: Landing, pull: Pull, begun: Begun | None) -> Landed:
    """Pull one entity; never an exception of ours. `begun` is the pull that this one continues."""
    started = time.monotonic()
    outcome = Landed(into.source.name, pull.entity.name, "landed")
    try:
        manifest = _with_restarts(lambda: _write(into, pull, begun, started=started))
        outcome = replace(
            outcome,
            load_id=manifest.load_id,
            rows=manifest.rows,
            bytes=manifest.bytes,
            set_aside=pull.entity.set_aside(pull) if pull.entity.set_aside else (),
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


def both(landed: Landed, following: Landed) -> Landed:
    """A pull that went on where another was broken off and the one that followed it, as one."""
    return replace(
        following,
        load_id=following.load_id or landed.load_id,
        rows=landed.rows + following.rows,
        requests=landed.requests + following.requests,
        bytes=landed.bytes + following.bytes,
        seconds=landed.seconds + following.seconds,
        window_start=landed.window_start,
        set_aside=landed.set_aside + following.set_aside,
    )


def _with_restarts(write: Callable[[], landing.Manifest]) -> landing.Manifest:
    """The vendor may forget a cursor in the middle: begin again, but not for ever."""
    for _ in range(RESTARTS):
        try:
            return write()
        except RestartError as error:
            logger.info("%s; starting this entity again", error)
    return write()


def _write(into: Landing, pull: Pull, begun: Begun | None, *, started: float) -> landing.Manifest:
    try:
        plan = pull.entity.plan(pull)
    except SHAPE_ERRORS as error:
        raise misshapen(error) from error
    landed_at = datetime.now(UTC)
    load_id = landed_at.strftime(NOW_FORMAT)
    folder = into.home.landing / into.source.name / pull.entity.name
    head = begun.head(plan) if begun is not None else None
    if head is not None:
        landed_at, load_id, plan = head.landed_at, head.load_id, head.plan
    else:
        head = landing.Manifest(
            source=into.source.name,
            entity=pull.entity.name,
            load_id=load_id,
            mode=pull.mode,
            window=pull.window,
            api_version=into.api_version,
            landed_at=landed_at,
            plan=plan,
            pages=(),
            requests=0,
            seconds=0.0,
        )
    meter = Meter(into.progress, pull, source=into.source.name, load_id=load_id, started=started)
    with unfinished.ResumableWriter(folder, head) as writer:
        pull.client.memory = writer
        for page in _shaped(pull, plan):
            if into.stopping.is_set():
                raise StoppedError("interrupted")
            writer.add(page)
            meter.add(page)
        counted = _counted(pull)
        return writer.finish(
            source=into.source.name,
            entity=pull.entity.name,
            mode=pull.mode,
            window=pull.window,
            api_version=into.api_version,
            landed_at=landed_at,
            plan=plan,
            requests=pull.client.requests,
            seconds=time.monotonic() - started,
            counted=counted,
        )


def _counted(pull: Pull) -> Counted | None:
    """What the vendor counts now. Without it the pages are good all the same."""
    if pull.entity.count is None or pull.mode == "backfill":
        return None
    pull.client.memory = None  # a number that was true yesterday proves nothing
    try:
        return pull.entity.count(pull)
    except (CredentialsError, StoppedError):
        raise
    except IngestionError as error:
        logger.warning("%s could not be counted: %s", pull.entity.name, error)
    except SHAPE_ERRORS as error:
        raise misshapen(error) from error
    return None


def _shaped(pull: Pull, plan: Plan) -> Iterator[Page]:
    pages = iter(pull.entity.extract(pull, plan))
    while True:
        try:
            page = next(pages)
        except StopIteration:
            return
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        yield page


def misshapen(error: Exception) -> FatalError:
    return FatalError(f"an answer has not the documented shape ({type(error).__name__})")
