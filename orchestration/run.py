"""One run of a job in this process: `python -m orchestration.run [--job heartbeat] [--as-of …]`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from orchestration import dead_runs
from orchestration.dagster_home import prepare
from orchestration.resources import AS_OF_TAG


@dataclass(frozen=True)
class Pulled:
    """What a run fetched of one entity."""

    source: str
    entity: str
    status: str
    rows: int
    requests: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Delivered:
    """One table as a target now has it."""

    target: str
    name: str
    rows: int


@dataclass(frozen=True)
class Summary:
    run_id: str
    job: str
    success: bool
    seconds: float
    pulled: tuple[Pulled, ...]
    delivered: tuple[Delivered, ...]
    checks_passed: int
    checks_failed: tuple[str, ...]
    steps_failed: tuple[str, ...]
    step_seconds: Mapping[str, float]

    @property
    def requests(self) -> Mapping[str, int]:
        """Per source."""
        totals: dict[str, int] = {}
        for one in self.pulled:
            totals[one.source] = totals.get(one.source, 0) + one.requests
        return totals

    def __str__(self) -> str:
        outcome = "succeeded" if self.success else "failed"
        requests = ", ".join(f"{name} {count}" for name, count in self.requests.items())
        lines = [
            f"{self.job} {outcome} in {self.seconds:.1f} s (run {self.run_id})",
            f"requests: {requests or 'none'}",
            f"checks: {self.checks_passed} passed, {len(self.checks_failed)} failed",
            *(f"  failed check {name}" for name in self.checks_failed),
            *(f"  failed step {name}" for name in self.steps_failed),
            f"published: {len(self.delivered)} tables",
        ]
        return "\n".join(lines)


def execute(
    job: str = "heartbeat",
    *,
    dagster_home: Path | None,
    as_of: str | None = None,
    log: Path | None = None,
    definitions: dg.Definitions | None = None,
) -> Summary:
    """Run the job to its end. The environment must be complete before: definitions read it.

    Without a `dagster_home` no history is kept, and the pools hold within this process alone: for
    homes in which nothing else runs. What steps print goes to `log`, else to the console.
    """
    if definitions is None:
        from orchestration.definitions import defs

        definitions = defs()
    started = time.monotonic()
    tags = dead_runs.tags()
    if as_of:
        tags[AS_OF_TAG] = as_of
    with ExitStack() as held:
        instance = held.enter_context(_instance(dagster_home))
        dead_runs.bury(instance)
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(redirect_stdout(held.enter_context(log.open("w"))))
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance, tags=tags, raise_on_error=False
        )
        return _summary(job, result, time.monotonic() - started)


def _instance(dagster_home: Path | None) -> dg.DagsterInstance:
    if dagster_home is None:
        return dg.DagsterInstance.ephemeral()
    return dg.DagsterInstance.from_config(str(prepare(dagster_home)))


def _summary(job: str, result: dg.ExecuteInProcessResult, seconds: float) -> Summary:
    pulled: list[Pulled] = []
    delivered: list[Delivered] = []
    for event in result.get_asset_materialization_events():
        materialization = event.step_materialization_data.materialization
        group, name = materialization.asset_key.path[0], materialization.asset_key.path[-1]
        facts = {key: value.value for key, value in materialization.metadata.items()}
        if group.startswith("landing_"):
            pulled.append(_pulled(group.removeprefix("landing_"), name, facts))
        elif group.startswith("publish_"):
            rows = _count(facts, "dagster/row_count")
            delivered.append(Delivered(group.removeprefix("publish_"), name, rows))
    evaluations = result.get_asset_check_evaluations()
    return Summary(
        run_id=result.run_id,
        job=job,
        success=result.success,
        seconds=seconds,
        pulled=tuple(pulled),
        delivered=tuple(delivered),
        checks_passed=sum(one.passed for one in evaluations),
        checks_failed=tuple(
            f"{one.asset_key.to_user_string()}: {one.check_name} ({one.severity.value.lower()})"
            for one in evaluations
            if not one.passed
        ),
        steps_failed=tuple(
            event.step_key or "" for event in result.all_events if event.is_step_failure
        ),
        step_seconds={
            event.step_key: event.step_success_data.duration_ms / 1000
            for event in result.all_events
            if event.is_step_success and event.step_key
        },
    )


def _pulled(source: str, entity: str, facts: Mapping[str, object]) -> Pulled:
    return Pulled(
        source=source,
        entity=entity,
        status=str(facts.get("status", "")),
        rows=_count(facts, "dagster/row_count"),
        requests=_count(facts, "requests"),
        bytes=_count(facts, "bytes"),
        seconds=float(str(facts.get("seconds", 0.0))),
    )


def _count(facts: Mapping[str, object], name: str) -> int:
    return int(str(facts.get(name, 0)))


def default_dagster_home() -> Path:
    """Where `make up` looks, so that the UI shows this run and both wait for one writer."""
    return Path(os.environ.get("SALES_HEARTBEAT_HOME") or "var") / "dagster"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration.run", description=__doc__)
    parser.add_argument("--job", choices=("heartbeat", "sweep"), default="heartbeat")
    parser.add_argument(
        "--as-of", help="the instant that the models are computed at, ISO, with zone"
    )
    history = parser.add_mutually_exclusive_group()
    history.add_argument(
        "--dagster-home", type=Path, help="where the history is kept; default: in the home"
    )
    history.add_argument(
        "--no-history", action="store_true", help="keep none: when nothing else runs in this home"
    )
    parser.add_argument("--log", type=Path, help="a file for what the steps print")
    chosen = parser.parse_args(arguments)
    kept = None if chosen.no_history else chosen.dagster_home or default_dagster_home()
    summary = execute(chosen.job, dagster_home=kept, as_of=chosen.as_of, log=chosen.log)
    print(summary)
    return 0 if summary.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
