"""Pipedrive's limits: calls in two seconds per token, and the account's tokens of a day.

Two seconds are real ones; the day is that of the story's clock, in UTC.
"""

from __future__ import annotations

import threading
import time
from collections import deque

BURST, SECONDS = 80, 2.0
DAILY = 150_000
_UNLIMITED = 1_000_000_000
_DAY = 86_400_000
EXCEEDED = "Rate limit exceeded"
SPENT = "Daily API token budget exceeded"


class Limits:
    def __init__(self, *, is_enforced: bool) -> None:
        self._lock = threading.Lock()
        self._default = (BURST, DAILY) if is_enforced else (_UNLIMITED, _UNLIMITED)
        self._burst, self._daily = self._default
        self._sent: dict[str, deque[float]] = {}
        self._day = -1
        self._used = 0

    def set(self, *, burst: int | None = None, daily_tokens: int | None = None) -> None:
        with self._lock:
            self._burst = self._default[0] if burst is None else int(burst)
            self._daily = self._default[1] if daily_tokens is None else int(daily_tokens)

    def settings(self) -> dict[str, int]:
        return {"burst": self._burst, "daily_tokens": self._daily}

    def take(self, identity: str, cost: int, now: int) -> tuple[str | None, dict[str, str]]:
        """Count one call; why it is refused, if it is, and the headers of its answer."""
        with self._lock:
            if now // _DAY != self._day:
                self._day, self._used = now // _DAY, 0
            sent = self._sent.setdefault(identity, deque())
            horizon = time.monotonic() - SECONDS
            while sent and sent[0] <= horizon:
                sent.popleft()
            refused = None
            if self._used + cost > self._daily:
                refused = SPENT
            elif len(sent) >= self._burst:
                refused = EXCEEDED
            else:
                sent.append(time.monotonic())
                self._used += cost
            return refused, {
                "x-ratelimit-limit": str(self._burst),
                "x-ratelimit-remaining": str(max(0, self._burst - len(sent))),
                "x-ratelimit-reset": "2",
                "x-daily-ratelimit-token-limit": str(self._daily),
                "x-daily-ratelimit-token-remaining": str(
                    0 if refused == SPENT else self._daily - self._used
                ),
            }
