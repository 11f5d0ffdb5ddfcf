"""Random schedules of faults against the engine: python -m tests.chaos --schedules 1000 --seed 1.

A schedule that ends in anything but the truth is shortened as long as it still fails, and printed
with the command that plays it again.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.chaos.play import ENTITIES, Outcome, play
from tests.chaos.schedule import Pull, Schedule, make

LONGEST_SHORTENING = 60.0  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of the one schedule to play")
    parser.add_argument("--verbose", action="store_true", help="what the engine said on the way")
    parser.add_argument("--as-is", action="store_true", help="do not shorten what fails")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    numbers = [options.only] if options.only is not None else range(options.schedules)
    failed: list[int] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        for number in numbers:
            schedule = make(f"{options.seed}/{number}", ENTITIES)
            outcome = play(schedule, folder / "play")
            if options.verbose:
                print("\n".join((*map(str, schedule.steps), *outcome.told)))
            if outcome.finding is not None:
                failed.append(number)
                if not options.as_is:
                    schedule, outcome = shortened(schedule, outcome, folder / "play")
                print(report(schedule, outcome), flush=True)
                print(
                    f"again: python -m tests.chaos --seed {options.seed} --only {number}\n",
                    flush=True,
                )
            if (number + 1) % 50 == 0:
                print(f"{number + 1} played, {len(failed)} failed", flush=True)
    seconds = time.monotonic() - began
    print(f"{len(numbers)} schedules in {seconds:.0f} s, {len(failed)} failed: {failed}")
    return 1 if failed else 0


def report(schedule: Schedule, outcome: Outcome) -> str:
    steps = "\n".join(f"  {step}" for step in schedule.steps)
    told = "\n".join(f"  {line}" for line in outcome.told)
    return (
        f"FAILED {schedule.seed} ({schedule.source})\n{outcome.finding}\n"
        f"steps:\n{steps}\nthe engine said:\n{told}"
    )


def shortened(schedule: Schedule, outcome: Outcome, folder: Path) -> tuple[Schedule, Outcome]:
    """The same failure with less: without steps, then without what the steps still hold."""
    until = time.monotonic() + LONGEST_SHORTENING
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for candidate in _shorter(schedule):
            if time.monotonic() > until:
                return schedule, outcome
            tried = play(candidate, folder)
            if tried.finding is not None:
                schedule, outcome, is_shorter = candidate, tried, True
                break
    return schedule, outcome


def _shorter(schedule: Schedule) -> list[Schedule]:
    steps = schedule.steps
    found = [replace(schedule, steps=steps[:n] + steps[n + 1 :]) for n in range(len(steps))]
    for n, step in enumerate(steps):
        if not isinstance(step, Pull):
            continue
        less = [
            replace(step, rules=step.rules[:k] + step.rules[k + 1 :])
            for k in range(len(step.rules))
        ]
        less += [
            replace(step, during=step.during[:k] + step.during[k + 1 :])
            for k in range(len(step.during))
        ]
        less += [
            replace(step, **{name: None})
            for name in ("death", "room", "outage", "expiry")
            if getattr(step, name) is not None
        ]
        if step.workers > 1:
            less.append(replace(step, workers=1))
        found += [replace(schedule, steps=(*steps[:n], one, *steps[n + 1 :])) for one in less]
    return found


if __name__ == "__main__":
    sys.exit(main())
