"""Workers and an account on a toy clock: hours of requests in a moment, the same every time."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from ingestion.engine.pace import Pace, Ticket
from ingestion.sources.hubspot.quota import CALLS
from sandbox.limits import Limiter, Plan

PAUSE = 10.0  # as the description of HubSpot asks after a refusal


@dataclass
class Account:
    """An account with limits, its workers, and what others ask of it."""

    plan: Plan
    workers: int = 8
    latency: Callable[[random.Random], float] = lambda chance: chance.uniform(0.05, 0.3)
    foreign_per_second: float = 0.0
    tells_remaining: bool = True
    seed: int = 1
    now: float = 0.0
    arrivals: list[tuple[float, bool]] = field(default_factory=list)
    departures: list[float] = field(default_factory=list)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(clock=lambda: self.now, sleep=self._never)
        self.pace.limit(CALLS, self.plan.private_app, self.plan.seconds)
        self._limiter = Limiter(self.plan, clock=lambda: self.now)
        self._chance = random.Random(self.seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def run(self, seconds: float) -> Account:
        for _ in range(self.workers):
            self._at(self._chance.uniform(0, 0.05), self._ask)
        if self.foreign_per_second:
            self._at(0.01, self._foreign)
        while self._events and self._events[0][0] <= seconds:
            self.now, _, event = heapq.heappop(self._events)
            event()
        return self

    @property
    def refused(self) -> float:
        """The part of our calls that were refused."""
        return sum(not taken for _, taken in self.arrivals) / len(self.arrivals)

    def used(self, *, since: float = 0.0, of: int | None = None) -> float:
        """The part of the allowed rate that we used, from the first whole window to the last."""
        taken = [at for at, is_taken in self.arrivals if is_taken and at >= since]
        windows = int((taken[-1] - since) // self.plan.seconds)
        inside = sum(at < since + windows * self.plan.seconds for at in taken)
        return inside / (windows * (of or self.plan.private_app))

    def fullest(self) -> int:
        """The most arrivals in any one window."""
        times = [at for at, _ in self.arrivals]
        return max(
            bisect_right(times, at) - bisect_right(times, at - self.plan.seconds) for at in times
        )

    def _at(self, when: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), event))

    def _ask(self) -> None:
        ticket, delay = self.pace.ask((CALLS,))
        if ticket is None:
            self._at(self.now + delay, self._ask)
            return
        self.departures.append(self.now)
        takes = self.latency(self._chance)
        arrives = takes * self._chance.uniform(0.1, 0.9)
        self._at(self.now + arrives, lambda: self._arrive(ticket, takes - arrives))

    def _arrive(self, ticket: Ticket, rest: float) -> None:
        verdict = self._limiter.request("app", "today", is_oauth=False, associations=False)
        self.arrivals.append((self.now, verdict.refused is None))
        left = int(verdict.headers["X-HubSpot-RateLimit-Remaining"])
        is_refused = verdict.refused is not None
        self._at(self.now + rest, lambda: self._answered(ticket, left, is_refused=is_refused))

    def _answered(self, ticket: Ticket, left: int, *, is_refused: bool) -> None:
        if self.tells_remaining:
            self.pace.used(CALLS, self.plan.private_app - left, sent=ticket.sent)
        self.pace.done(ticket)
        if is_refused:
            self.pace.refused(ticket, PAUSE * self.plan.seconds / 10)
        self._ask()

    def _foreign(self) -> None:
        self._limiter.request("app", "today", is_oauth=False, associations=False)
        self._at(self.now + 1 / self.foreign_per_second, self._foreign)

    @staticmethod
    def _never(seconds: float) -> None:
        raise AssertionError("a simulated worker does not sleep")
