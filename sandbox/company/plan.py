"""The way of a deal through its stages: which ones, in which order, when.

Durations are log-normal. Some deals skip a stage, some go back one, and none stands in the deleted
stage at the moment it is deleted. A deal that skipped a stage never enters it later, so what counts
as its first entry is never in doubt.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log
from random import Random

from sandbox.company.dates import OFFSET, out_of_empty_month, working
from sandbox.company.pipedrive_pipelines import PARTNER_PIPELINES
from sandbox.company.pipelines import DELETED_STAGE, PIPELINES, STAGE_DELETED_AT

Steps = list[tuple[datetime, str]]

# Open stages of each pipeline with the median of the days spent there.
_OPEN: dict[str, tuple[tuple[str, float], ...]] = {
    "default": (
        ("appointmentscheduled", 4),
        ("qualifiedtobuy", 7),
        ("presentationscheduled", 9),
        (DELETED_STAGE, 5),
        ("contractsent", 6),
    ),
    "renewals": (("1094527611", 20), ("1094527612", 15)),
    "salesforce": (
        ("Prospecting", 9),
        ("Qualification", 14),
        ("Needs Analysis", 20),
        ("Proposal/Price Quote", 18),
        ("Negotiation/Review", 15),
    ),
    "partner_sales": (("11", 3), ("12", 8), ("13", 10), ("14", 7)),
    "partner_renewals": (("21", 18), ("22", 12)),
}
_LOST_FROM = (30, 27, 20, 13, 10)
_SPREAD = 0.7
_ALL = (*PIPELINES, *PARTNER_PIPELINES)
_STAGES = {pipeline.key: pipeline.stages for pipeline in _ALL}
CLOSED = {
    stage.vendor_id: stage.is_won
    for pipeline in _ALL
    for stage in pipeline.stages
    if stage.is_closed
}


def won_stage(pipeline_key: str) -> str:
    return next(s.vendor_id for s in _STAGES[pipeline_key] if s.is_won)


def lost_stage(pipeline_key: str) -> str:
    return next(s.vendor_id for s in _STAGES[pipeline_key] if s.is_closed and not s.is_won)


def typical_days(pipeline_key: str) -> int:
    return int(sum(days for _, days in _OPEN[pipeline_key]) * 1.2)


def office(rng: Random, instant: datetime) -> datetime:
    """An instant of that day at which people work: 9 to 18, sometimes the late evening.

    Late evening in Sao Paulo is the next day in UTC, which is what makes the time zone matter.
    """
    drawn = rng.random()
    seconds = int(drawn * 36_000) if drawn < 0.9 else 43_200 + int((drawn - 0.9) * 107_000)
    day = (instant + OFFSET).replace(hour=12, minute=0, second=0, microsecond=0)
    return working(day + timedelta(seconds=seconds))


def after(rng: Random, instant: datetime, days: float) -> datetime:
    """A working instant about so many days later, and later in any case."""
    found = office(rng, instant + timedelta(days=days))
    if found <= instant:
        found = instant + timedelta(seconds=600 + int(rng.random() * 4800))
    return found


def lognormal_days(rng: Random, median: float) -> float:
    return rng.lognormvariate(log(median), _SPREAD)


def plan(rng: Random, pipeline_key: str, created_at: datetime, *, win_rate: float) -> Steps:
    """Every step of a deal from its creation to its closing."""
    medians = dict(_OPEN[pipeline_key])
    is_won = rng.random() < win_rate
    path = _path(rng, list(medians), is_won=is_won)
    steps: Steps = []
    instant = created_at
    for stage in path:
        if stage == DELETED_STAGE and instant >= STAGE_DELETED_AT - timedelta(days=2):
            continue
        if steps and steps[-1][1] == stage:
            continue
        steps.append((instant, stage))
        leaving = after(rng, instant, lognormal_days(rng, medians[stage]))
        if stage == DELETED_STAGE and leaving >= STAGE_DELETED_AT:
            leaving = STAGE_DELETED_AT - timedelta(seconds=rng.randrange(3_600, 150_000))
        instant = leaving
    end = won_stage(pipeline_key) if is_won else lost_stage(pipeline_key)
    last_open = steps[-1][1]
    steps.append((out_of_empty_month(instant), end))
    if not is_won and last_open != DELETED_STAGE and rng.random() < 0.02:
        _reopen(rng, pipeline_key, steps, last_open)
    return steps


def _reopen(rng: Random, pipeline_key: str, steps: Steps, stage: str) -> None:
    """A lost deal comes back to the stage it was lost from, and is closed a second time."""
    reopened_at = after(rng, steps[-1][0], 20 + lognormal_days(rng, 40))
    closed_at = out_of_empty_month(after(rng, reopened_at, lognormal_days(rng, 15)))
    end = won_stage(pipeline_key) if rng.random() < 0.4 else lost_stage(pipeline_key)
    steps += [(reopened_at, stage), (closed_at, end)]


def _path(rng: Random, stages: list[str], *, is_won: bool) -> list[str]:
    reached = len(stages)
    if not is_won:
        reached = rng.choices(range(1, len(stages) + 1), _LOST_FROM[: len(stages)])[0]
    path = stages[:reached]
    drawn = rng.random()
    if drawn < 0.09 and len(path) > 2:
        # A deal that skips one also passes over the stage that will be deleted.
        skipped = path[0] if drawn < 0.02 else path[rng.randrange(1, len(path) - 1)]
        path = [stage for stage in path if stage not in (skipped, DELETED_STAGE)]
    elif drawn > 0.96 and len(path) > 1:
        back = rng.randrange(1, len(path))
        path = [*path[: back + 1], path[back - 1], *path[back:]]
    return path
