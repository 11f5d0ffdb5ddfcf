"""Open query cursors and what an org counts: pages not yet fetched, requests of the last day."""

from __future__ import annotations

import secrets
import string
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass

from sandbox.salesforce.compile import Plan
from sandbox.salesforce.errors import locator_invalid
from sandbox.salesforce.execute import IdList
from sandbox.salesforce.instants import DAY_MS

_LIFE_MS = 2 * DAY_MS
_MOST_IDS = 5_000_000  # in all open cursors; the vendor has no such cap, ours keeps memory flat
_ALPHABET = string.ascii_letters + string.digits
_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Cursor:
    """A result being paged. `opened_at` is the sandbox's clock."""

    plan: Plan
    ids: IdList
    opened_at: int


class Cursors:
    """Cursors by id. A page is named by the cursor and its offset, and may be read again."""

    def __init__(self, most_ids: int = _MOST_IDS) -> None:
        self._most_ids = most_ids
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Cursor] = OrderedDict()

    def open(self, cursor: Cursor) -> str:
        key = new_id("0r8")
        with self._lock:
            self._open[key] = cursor
            held = sum(one.ids.total for one in self._open.values())
            while held > self._most_ids and len(self._open) > 1:
                _, oldest = self._open.popitem(last=False)
                held -= oldest.ids.total
        return key

    def find(self, locator: str, *, now: int) -> tuple[str, Cursor, int]:
        """The cursor's id, the cursor and the offset that a locator names."""
        key, _, offset = locator.rpartition("-")
        with self._lock:
            cursor = self._open.get(key)
        if cursor is None or not offset.isdigit() or now - cursor.opened_at > _LIFE_MS:
            raise locator_invalid()
        return key, cursor, int(offset)


class Usage:
    """Requests of the rolling day, by hours of the sandbox's clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hours: Counter[int] = Counter()

    def add(self, now: int) -> int:
        """Count one request; returns how many the last 24 hours have seen."""
        hour = now // _HOUR_MS
        with self._lock:
            self._hours[hour] += 1
            for old in [one for one in self._hours if one <= hour - 24]:
                del self._hours[old]
            return self._hours.total()

    def used(self) -> int:
        with self._lock:
            return self._hours.total()


def new_id(prefix: str) -> str:
    """An id in the vendor's form."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(18 - len(prefix)))
