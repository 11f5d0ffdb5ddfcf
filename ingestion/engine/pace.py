"""How fast a source may be asked: one pace shared by all workers of a run.

A rolling window allows the full burst that a vendor grants and then waits for it to age. The
vendor counts arrivals, which lie between a request's departure and its answer: a place is free
again when the later of the two that we can know has left the window. What the vendor counts
beyond what we sent is somebody else's and leaves us less. A refusal holds back every worker, not
only the one that met it, and makes all go on slower and evenly for a while, so that they do not
come back as a herd.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil

from ingestion.engine.budget import Budget
from ingestion.engine.errors import StoppedError

# How far an arrival may lag behind its departure, as a share of the window, until refusals teach
# otherwise: a quarter of a second in ten.
FIRST_MARGIN = 1 / 40
LARGEST_MARGIN = 1 / 10
# After a refusal the rate falls to this share and rises again by so much in a window's time.
LOWERED_TO = 0.7
LEAST_SHARE = 0.1
RAISED_BY = 0.05
# What others were seen to ask for is left to them with some room: they do not ask evenly.
FOR_OTHERS = 1.1
# An answer is on its way for so long at most, as a share of the window.
ON_THE_WAY = 1 / 5
# So full must the window be of our own for a refusal to be a late arrival, and so many windows must
# have passed since the last one.
OWN_SHARE = 0.95
FORGOTTEN = 2
# While all places for calls under way are taken, look again so often.
LOOK_AGAIN = 0.05


@dataclass
class _Place:
    """A request's place in a window; it counts until `until`."""

    sent: float
    until: float


@dataclass
class _Window:
    """What is known of one group's limit."""

    count: int
    seconds: float
    margin: float
    places: deque[_Place] = field(default_factory=deque)
    gone: deque[float] = field(default_factory=deque)  # those that have just left it
    last_sent: float = float("-inf")
    open_at: float = float("-inf")
    foreign: int = 0
    foreign_until: float = float("-inf")
    low: float = 1.0
    lowered_at: float = float("-inf")
    refused_at: float = float("-inf")

    def share(self, now: float) -> float:
        if self.low >= 1.0:
            return 1.0
        since = max(0.0, now - max(self.lowered_at, self.open_at))
        return min(1.0, self.low + RAISED_BY * since / self.seconds)

    def allowed(self, now: float) -> int:
        if not self.foreign or now >= self.foreign_until:
            return self.count
        return max(1, self.count - ceil(self.foreign * FOR_OTHERS))

    def delay(self, now: float) -> float:
        while self.places and self.places[0].until <= now:
            self.gone.append(self.places.popleft().until)
        while self.gone and self.gone[0] <= now - self.seconds * ON_THE_WAY:
            self.gone.popleft()
        delay = self.open_at - now
        allowed = self.allowed(now)
        if len(self.places) >= allowed:
            delay = max(delay, self.places[len(self.places) - allowed].until - now)
        share = self.share(now)
        if share < 1.0:
            evenly = self.seconds / (allowed * share)
            delay = max(delay, self.last_sent + evenly - now)
        return delay

    def refused(self, now: float, sent: float, seconds: float) -> None:
        # Requests that left before the last refusal was known tell nothing new.
        if sent > self.refused_at:
            is_first = now - self.refused_at > FORGOTTEN * self.seconds
            is_own = len(self.places) >= max(2, OWN_SHARE * self.count)
            self.refused_at = now
            self.margin = min(self.margin * 2, self.seconds * LARGEST_MARGIN)
            if is_first and is_own:
                self.open_at = max(self.open_at, now + min(seconds, self.margin))
                return
            self.low = max(LEAST_SHARE, self.share(now) * LOWERED_TO)
            self.lowered_at = now
        if self.lowered_at == self.refused_at:
            self.open_at = max(self.open_at, now + seconds)

    def take(self, now: float) -> _Place:
        self.last_sent = now
        place = _Place(now, now + self.margin + self.seconds)
        self.places.append(place)
        return place


@dataclass
class Ticket:
    """A request that may leave; handed back when its answer is here."""

    sent: float
    groups: tuple[str, ...]
    places: tuple[tuple[_Window, _Place], ...] = ()


class Pace:
    """Limits by group of requests. The clock and the sleep come in, so that tests need not wait.

    `ceilings` are limits of the customer's own, which nothing that a vendor says lifts. Once
    `stopping` is set nobody waits any more, and nobody asks.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        budget: Budget | None = None,
        ceilings: Mapping[str, int] | None = None,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._windows: dict[str, _Window] = {}
        self._at_once: dict[str, int] = {}
        self._under_way: dict[str, int] = {}
        self._open_at = float("-inf")
        self._ceilings = dict(ceilings or {})
        self.budget = budget
        self.stopping = threading.Event()

    def limit(self, group: str, count: int, seconds: float) -> None:
        """Allow `count` requests in any `seconds`. May be called again when headers say more."""
        with self._lock:
            count = max(1, min(int(count), self._ceilings.get(group, int(count))))
            window = self._windows.get(group)
            if window is None or window.seconds != seconds:
                self._windows[group] = _Window(count, seconds, seconds * FIRST_MARGIN)
            else:
                window.count = count

    def seconds_per_call(self, group: str) -> float:
        """What the limit makes of a long row of requests; 0 where there is none."""
        with self._lock:
            window = self._windows.get(group)
            return window.seconds / window.count if window is not None else 0.0

    def limit_at_once(self, group: str, count: int) -> None:
        """Allow `count` requests of the group to be under way at the same time."""
        with self._lock:
            self._at_once[group] = max(1, min(count, self._ceilings.get(group, count)))

    def used(self, group: str, count: int, *, sent: float | None = None) -> None:
        """The vendor counts so many requests in the window that is running.

        It says so in the answer to a request that left at `sent`: this thread's last one.
        """
        with self._lock:
            window = self._windows.get(group)
            if window is None:
                return
            now = self._clock()
            window.delay(now)  # lets go of what has left the window
            # An answer speaks of a moment ago: what has left the window since then was in it, and
            # what is under way may have been.
            sent = getattr(self._mine, "sent", now) if sent is None else sent
            left = sum(until > sent for until in window.gone)
            foreign = count - len(window.places) - left - self._under_way.get(group, 0)
            # The most of a window's time: what is counted here is rather too little.
            if foreign >= window.foreign or now >= window.foreign_until:
                window.foreign = max(0, foreign)
                window.foreign_until = now + window.seconds

    def pause(self, seconds: float) -> None:
        """Let nobody ask for so long; a longer pause already begun stays."""
        with self._lock:
            self._open_at = max(self._open_at, self._clock() + seconds)

    def refused(self, ticket: Ticket, seconds: float) -> None:
        """A request was one too many: nobody asks for so long, and then all ask more slowly.

        Where our own requests had filled the window, one of them was late: a pause as long as the
        margin is enough, unless it happens again.
        """
        with self._lock:
            now = self._clock()
            for window, _ in ticket.places:
                window.refused(now, ticket.sent, seconds)
            for group in ticket.groups:
                if group in self._at_once:
                    under_way = self._under_way.get(group, 1)
                    self._at_once[group] = max(1, min(self._at_once[group], under_way) - 1)
            if not ticket.places:
                self._open_at = max(self._open_at, now + seconds)

    def wait(self, groups: tuple[str, ...], *, is_background: bool = False) -> Ticket:
        """Return when a request of these groups may leave, and count it as sent.

        QuotaError when the day has no more calls for a request of this kind.
        """
        while True:
            self._check()
            ticket, delay = self.ask(groups, is_background=is_background)
            if ticket is not None:
                self._mine.sent = ticket.sent
                return ticket
            self.sleep(delay)

    def ask(
        self, groups: tuple[str, ...], *, is_background: bool = False
    ) -> tuple[Ticket | None, float]:
        """A ticket, or after how many seconds to ask again."""
        with self._lock:
            now = self._clock()
            delay = self._open_at - now
            for group in groups:
                if group in self._windows:
                    delay = max(delay, self._windows[group].delay(now))
                if self._under_way.get(group, 0) >= self._at_once.get(group, 1 << 30):
                    delay = max(delay, LOOK_AGAIN)
            if delay > 0:
                return None, delay
            if self.budget is not None:
                self.budget.take(is_background=is_background)
            for group in groups:
                self._under_way[group] = self._under_way.get(group, 0) + 1
            windows = [self._windows[group] for group in groups if group in self._windows]
            return Ticket(now, groups, tuple((window, window.take(now)) for window in windows)), 0.0

    def done(self, ticket: Ticket) -> None:
        """The request has ended: what the vendor counted, it counted before now."""
        with self._lock:
            now = self._clock()
            for group in ticket.groups:
                self._under_way[group] -= 1
            for window, place in ticket.places:
                place.until = min(place.until, now + window.seconds)

    def sleep(self, seconds: float) -> None:
        """StoppedError, at once, when the run is told to end meanwhile."""
        if self._sleep is time.sleep:
            self.stopping.wait(seconds)
        else:
            self._sleep(seconds)
        self._check()

    def _check(self) -> None:
        if self.stopping.is_set():
            raise StoppedError("interrupted")
