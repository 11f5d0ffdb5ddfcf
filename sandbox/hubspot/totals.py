"""The `total` of a search, counted once for all pages of the same question.

Counting reads every hit, so without this each page of a large search would cost as much as all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.store import Store

_KEPT = 64

# What the store's files looked like: any commit changes one of them.
Signature = tuple[tuple[int, int, int], ...]


class Totals:
    """Counts by question, good until the store changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[object, ...], int] = OrderedDict()

    def count(self, store: Store, where: str, parameters: Sequence[Any], *, now: int) -> int:
        """Rows that match and that the index has by `now` (real time, milliseconds)."""
        key = (_signature(store.path), where, *parameters)
        with self._lock:
            if key in self._counts:
                return self._counts[key]
        total, newest = store.connection.execute(
            "select count(*) filter (where indexed_at <= ?), max(indexed_at)"
            f" from hs_object where {where}",
            (now, *parameters),
        ).fetchone()
        # While rows wait for the index, time alone changes the total.
        if newest is None or newest <= now:
            with self._lock:
                self._counts[key] = total
                while len(self._counts) > _KEPT:
                    self._counts.popitem(last=False)
        return int(total)


def _signature(path: Path) -> Signature:
    found = []
    for name in (path, path.with_name(f"{path.name}-wal")):
        if name.exists():
            status = name.stat()
            found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)
