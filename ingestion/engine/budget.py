"""The calls of a day as a budget: other programs of the customer live on it too.

Their share, the reserve, is never spent by what can wait (first loads, full loads, sweeps), and
half of it is left even by pulls of changes. Shared by all workers of a source, under the lock of
its pace.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.engine.errors import QuotaError

RESERVE = 0.2


@dataclass
class Budget:
    """What the vendor says and what we have asked since it said so.

    `renewal` completes the sentence "the rest is left to others; ...".
    """

    vendor: str
    renewal: str
    reserve: float = RESERVE
    limit: int | None = None
    unit: str = "calls"
    _said: int = 0
    _asked: int = 0

    def says(self, limit: int, used: int) -> None:
        """The vendor's own count. Gauges lag: one that stands still does not undo our count."""
        if limit <= 0:
            return
        if used != self._said or self.limit is None:
            self._said, self._asked = used, 0
        self.limit = limit

    @property
    def used(self) -> int:
        return self._said + self._asked

    @property
    def left(self) -> int | None:
        """Calls until the day's limit; None when there is none that we know of."""
        return None if self.limit is None else max(0, self.limit - self.used)

    def take(self, *, is_background: bool) -> None:
        """Spend a call; QuotaError when it belongs to others."""
        if self.limit is not None:
            kept = self.reserve if is_background else self.reserve / 2
            if self.used >= int(self.limit * (1 - kept)):
                raise QuotaError(
                    f"{self.used} of the {self.limit} {self.unit} that {self.vendor} allows in a day are "
                    f"used and the rest is left to others; {self.renewal}"
                )
        self._asked += 1
