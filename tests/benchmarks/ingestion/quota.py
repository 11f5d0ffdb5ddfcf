"""How well the allowed request rate is used: a first load of HubSpot under its real limits.

    python -m tests.benchmarks.ingestion.quota

The sandbox counts as HubSpot does: so many calls in any ten seconds, for associations separately.
What it let through in each window of that length, from the first whole one to the last, is
compared with what was allowed; and what it refused with what was asked. Pages hold ten records, so
that a small company fills many windows.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingestion.run import Home, land
from ingestion.sources.hubspot import objects
from sandbox import company
from sandbox.connection import environment
from sandbox.context import Context
from sandbox.limits import Plan
from tests.sandbox.serving import serving

ENTITIES = ("deals", "contacts", "companies", "line_items", "emails", "calls", "meetings", "notes")


@dataclass
class Watch:
    """Every request of the app's window of calls, as the sandbox met it."""

    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def note(self, app: str, at: float, is_taken: bool) -> None:
        if not app.endswith(" associations"):
            (self.taken if is_taken else self.refused).append(at)

    def windows(self, seconds: float) -> list[int]:
        """Requests let through in each window, without the last, which is not whole."""
        first = self.taken[0]
        whole = int((self.taken[-1] - first) // seconds)
        found = [0] * whole
        for at in self.taken:
            place = int((at - first) // seconds)
            if place < whole:
                found[place] += 1
        return found


@dataclass(frozen=True)
class Measured:
    allowed: int
    windows: tuple[int, ...]
    asked: int
    refused: int

    @property
    def used(self) -> float:
        return sum(self.windows) / (self.allowed * len(self.windows))

    @property
    def refused_share(self) -> float:
        return self.refused / self.asked


def measure(store: Path, home: Path, plan: Plan, *, workers: int) -> Measured:
    """One first load; QuotaError and all other failures end it with their sentence."""
    watch = Watch()
    watched = replace(plan, watch=watch.note)
    with serving(Context(store, enforce_limits=True), watched) as url:
        landed = land(
            "hubspot",
            ENTITIES,
            settings=environment(url),
            home=Home(home),
            mode="full",
            workers=workers,
        )
    failed = [outcome.reason for outcome in landed if outcome.status == "failed"]
    if failed:
        raise SystemExit(f"the load failed: {failed[0]}")
    return Measured(
        plan.private_app,
        tuple(watch.windows(plan.seconds)),
        len(watch.taken) + len(watch.refused),
        len(watch.refused),
    )


def main() -> int:
    options = _options()
    plan = Plan(seconds=options.window, private_app=options.calls)
    with tempfile.TemporaryDirectory(prefix="quota-") as folder:
        store = options.store or Path(folder) / "company.sqlite"
        if options.store is None:
            company.generate(store, deals=options.deals, seed=7)
        objects.PAGE = objects.PAGE_WITH_HISTORY = 10
        measured = measure(store, Path(folder), plan, workers=options.workers)
    print(f"allowed: {plan.private_app} calls in {plan.seconds:g} s; workers: {options.workers}")
    print(f"let through in each window: {', '.join(map(str, measured.windows))}")
    print(f"used: {measured.used:.1%} of the allowed rate (wanted: 95 % or more)")
    print(
        f"refused with 429: {measured.refused} of {measured.asked} calls, "
        f"{measured.refused_share:.2%} (wanted: 1 % or less)"
    )
    return 0 if measured.used >= 0.95 and measured.refused_share <= 0.01 else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.ingestion.quota")
    parser.add_argument("--store", type=Path, help="a store of the sandbox instead of a new one")
    parser.add_argument("--deals", type=int, default=2000)
    parser.add_argument("--calls", type=int, default=Plan().private_app)
    parser.add_argument("--window", type=float, default=Plan().seconds, help="seconds")
    parser.add_argument("--workers", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
