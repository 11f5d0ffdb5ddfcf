"""The log for machines: a JSON line per unit of work."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from ingestion.engine.errors import FatalError
from ingestion.engine.progress import Pulse
from ingestion.model import Landed, Loaded

logger = logging.getLogger(__name__)

BATCH_PAGES = 50  # pages that share a line of the log ...
BATCH_SECONDS = 10.0  # ... unless they take longer


class JsonLines:
    """One JSON object per line and unit of work: pages_landed, entity_landed, folder_loaded.

    The numbers of pages_landed are the pull's so far. Lines are whole even when several processes
    write to one file.
    """

    wants_totals = False

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: TextIO | None = path.open("a", encoding="utf-8")
        except OSError as error:
            raise FatalError(
                f"the log {path} cannot be written ({error.strerror}): "
                "check --log-file or SALES_HEARTBEAT_LOG"
            ) from error
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, tuple[int, float]] = {}  # pages and time of the entity's last line

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, pulse: Pulse) -> None:
        with self._lock:
            self._told[pulse.entity] = (0, self._clock())

    def page(self, pulse: Pulse) -> None:
        with self._lock:
            now = self._clock()
            pages, at = self._told.get(pulse.entity, (0, now))
            if pulse.pages - pages < BATCH_PAGES and now - at < BATCH_SECONDS:
                return
            self._told[pulse.entity] = (pulse.pages, now)
        self._write(
            "pages_landed",
            pulse.source,
            pulse.entity,
            "landing",
            rows=pulse.rows,
            size=pulse.size,
            requests=pulse.requests,
            seconds=pulse.seconds,
            load_id=pulse.load_id,
        )

    def end(self, landed: Landed) -> None:
        with self._lock:
            self._told.pop(landed.entity, None)
        self._write(
            "entity_landed",
            landed.source,
            landed.entity,
            landed.status,
            rows=landed.rows,
            size=landed.bytes,
            requests=landed.requests,
            seconds=landed.seconds,
            load_id=landed.load_id,
            reason=landed.reason,
        )

    def loaded(self, loaded: Loaded) -> None:
        self._write(
            "folder_loaded",
            loaded.source,
            loaded.entity,
            loaded.status,
            rows=loaded.rows_read,
            seconds=loaded.seconds,
            load_id=loaded.load_id,
            reason=loaded.reason,
        )

    def _write(
        self,
        event: str,
        source: str,
        entity: str,
        status: str,
        *,
        rows: int,
        seconds: float,
        load_id: str | None,
        size: int | None = None,
        requests: int | None = None,
        reason: str | None = None,
    ) -> None:
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "source": source,
            "entity": entity,
            "rows": rows,
            "bytes": size,
            "requests": requests,
            "seconds": round(seconds, 3),
            "load_id": load_id,
            "status": status,
            "reason": reason,
        }
        content = json.dumps(line, separators=(",", ":")) + "\n"
        with self._lock:
            if self._file is None:
                return
            try:
                # One call of the system per line: two processes' lines do not mix.
                os.write(self._file.fileno(), content.encode())
            except OSError as error:
                # A full disk must not end a pull that may still find room for its pages.
                logger.warning("the log %s takes no more lines: %s", self._path, error.strerror)
                self._file.close()
                self._file = None
