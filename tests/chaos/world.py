"""What a vendor of the chaos has in common with the other: a clock, ids, deeds by name.

The records live in a sandbox store, so the served APIs answer from what the deeds have changed.
Each deed takes its chance from a generator of its own: a schedule that loses a step while it is
being shrunk leaves the others as they were.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from sandbox.store import Store

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
BEGINNING = 1_762_182_000_000  # 2025-11-03T15:00:00Z

Deed = Callable[[random.Random], None]


class World:
    """A small vendor that changes. Used by one thread at a time: the server's, or the player's."""

    source: ClassVar[str]
    entities: ClassVar[tuple[str, ...]]

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.now = BEGINNING
        self.told: list[str] = []

    @property
    def deeds(self) -> Mapping[str, tuple[int, Deed]]:
        """By name: how often, and what."""
        raise NotImplementedError

    def close(self) -> None:
        self.store.close()

    def pass_time(self, milliseconds: int) -> None:
        self.now += milliseconds
        self.store.set_meta("now_ms", str(self.now))
        self.store.commit()

    def change(self, seed: str, count: int, *, apart: int) -> None:
        """So many deeds, each up to `apart` milliseconds after the other."""
        chance = random.Random(seed)
        names = list(self.deeds)
        weights = [weight for weight, _ in self.deeds.values()]
        for _ in range(count):
            self.now += chance.randint(1, apart)
            (name,) = chance.choices(names, weights)
            self.told.append(name)
            self.deeds[name][1](chance)
        self.pass_time(0)

    def late(self, chance: random.Random, last: int) -> int:
        """The stamp of a save that began up to eight minutes ago and is only seen now."""
        return max(last + SECOND, self.now - chance.randint(1, 8) * MINUTE)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        return self.store.connection.execute(statement, values).fetchall()
