"""Request limits as HubSpot counts them: per app in ten seconds, per account per day, search per second.

Counted by the real clock, except the day, which is the account's day on the sandbox's clock.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

UNLIMITED = 1_000_000_000


@dataclass(frozen=True)
class Plan:
    """Requests that an account may make. The defaults are those of a Professional account.

    `watch` is told of every request: the app, the time, and whether it was let through.
    """

    private_app: int = 190
    oauth_app: int = 110
    associations: int = 150
    daily: int = 625_000
    search_per_second: int = 5
    # For tests that cannot wait for ten seconds, and for those that watch what is asked.
    seconds: float = 10
    watch: Callable[[str, float, bool], None] | None = None


WITHOUT_LIMITS = Plan(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED)


class Window:
    """A rolling window: how many of the last `seconds` are used up."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque()

    def used(self) -> int:
        horizon = self._clock() - self._seconds
        while self._times and self._times[0] <= horizon:
            self._times.popleft()
        return len(self._times)

    def take(self) -> None:
        self._times.append(self._clock())


@dataclass(frozen=True)
class Verdict:
    """`refused` is the policy that says no; `headers` go out with every answer but search's."""

    refused: str | None
    headers: dict[str, str]


class Limiter:
    """All counters of one account."""

    def __init__(self, plan: Plan, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.plan = plan
        self._clock = clock
        self._lock = threading.Lock()
        self._apps: dict[str, Window] = {}
        self._search = Window(1, clock)
        self._day = ""
        self._daily = 0

    def used_today(self, day: str) -> int:
        with self._lock:
            return self._daily if day == self._day else 0

    def search(self) -> Verdict:
        """Search has a limit of its own, shared by all apps, and sends no headers."""
        with self._lock:
            if self._search.used() >= self.plan.search_per_second:
                return Verdict("SECONDLY", {})
            self._search.take()
            return Verdict(None, {})

    def request(self, identity: str, day: str, *, is_oauth: bool, associations: bool) -> Verdict:
        """Count one request of an app; a refused one is not counted."""
        plan = self.plan
        most = plan.oauth_app if is_oauth else plan.private_app
        if associations:
            most, identity = plan.associations, f"{identity} associations"
        with self._lock:
            if day != self._day:
                self._day, self._daily = day, 0
            window = self._apps.setdefault(identity, Window(plan.seconds, self._clock))
            used = window.used()
            refused = None
            if not is_oauth and self._daily >= plan.daily:
                refused = "DAILY"
            elif used >= most:
                refused = "TEN_SECONDLY_ROLLING"
            else:
                window.take()
                used += 1
                self._daily += 1
            if plan.watch is not None:
                plan.watch(identity, self._clock(), refused is None)
            headers = {
                "X-HubSpot-RateLimit-Interval-Milliseconds": str(round(plan.seconds * 1000)),
                "X-HubSpot-RateLimit-Max": str(most),
                "X-HubSpot-RateLimit-Remaining": str(most - used),
                "X-HubSpot-RateLimit-Secondly": str(most // 10),
                "X-HubSpot-RateLimit-Secondly-Remaining": str(max(0, most // 10 - 1)),
            }
            # OAuth apps have no daily limit, hence no daily headers.
            if not is_oauth:
                headers["X-HubSpot-RateLimit-Daily"] = str(plan.daily)
                headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(plan.daily - self._daily)
            return Verdict(refused, headers)
