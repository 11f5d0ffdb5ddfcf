"""How fast a source may be asked: one pace shared by all workers of a run.

Sliding windows allow the full burst that a vendor grants and then wait for it to age; a refusal
stops every worker, not only the one that met it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

# A vendor counts arrivals, we count departures: the difference must not tip a full window over.
HEADROOM = 0.95


class Pace:
    """Limits by group of requests. The clock and the sleep come in, so that tests need not wait."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._limits: dict[str, tuple[int, float]] = {}
        self._sent: dict[str, deque[float]] = {}
        self._open_at = 0.0

    def limit(self, group: str, count: int, seconds: float) -> None:
        """Allow `count` requests in any `seconds`. May be called again when headers say more."""
        with self._lock:
            self._limits[group] = (max(1, int(count)), seconds)
            self._sent.setdefault(group, deque())

    def pause(self, seconds: float) -> None:
        """Let nobody ask for so long; a longer pause already begun stays."""
        with self._lock:
            self._open_at = max(self._open_at, self._clock() + seconds)

    def wait(self, groups: tuple[str, ...]) -> None:
        """Return when a request of these groups may leave, and count it as sent."""
        while True:
            with self._lock:
                now = self._clock()
                delay = self._open_at - now
                for group in groups:
                    delay = max(delay, self._delay(group, now))
                if delay <= 0:
                    for group in groups:
                        if group in self._sent:
                            self._sent[group].append(now)
                    return
            self._sleep(delay)

    def sleep(self, seconds: float) -> None:
        self._sleep(seconds)

    def _delay(self, group: str, now: float) -> float:
        if group not in self._limits:
            return 0.0
        count, seconds = self._limits[group]
        sent = self._sent[group]
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        return sent[0] + seconds - now if len(sent) >= count else 0.0
