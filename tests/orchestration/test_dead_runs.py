"""Runs that were killed are found, told and made to let go; the living and the unknown are not touched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from orchestration import dead_runs
from orchestration.dagster_home import prepare


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """On disk, for the sake of the pools; one for all tests, whose runs differ."""
    home = prepare(tmp_path_factory.mktemp("dagster"))
    with dg.DagsterInstance.from_config(str(home)) as opened:
        yield opened


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended and been asked after."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def started(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    run = dg.DagsterRun(
        job_name="heartbeat", run_id=str(uuid4()), status=dg.DagsterRunStatus.STARTED, tags=tags
    )
    return instance.add_run(run)


def tags(process: int, host: str | None = None) -> dict[str, str]:
    own = dead_runs.tags()
    return {
        **own,
        dead_runs.PROCESS_TAG: str(process),
        **({dead_runs.HOST_TAG: host} if host else {}),
    }


def test_a_run_whose_process_is_gone_gives_its_slot_back(
    instance: dg.DagsterInstance, gone: int
) -> None:
    run_id = started(instance, tags(gone)).run_id
    storage = instance.event_log_storage
    storage.initialize_concurrency_limit_to_default("duckdb_writer")
    storage.claim_concurrency_slot("duckdb_writer", run_id, "dbt_build")
    assert storage.get_concurrency_info("duckdb_writer").active_run_ids == {run_id}

    assert dead_runs.bury(instance) == [run_id]

    assert storage.get_concurrency_info("duckdb_writer").active_run_ids == set()
    found = instance.get_run_by_id(run_id)
    assert found is not None
    assert found.is_failure


def test_a_run_of_the_ui_is_known_by_what_its_launcher_noted(
    instance: dg.DagsterInstance, gone: int
) -> None:
    run = started(instance, {})
    instance.report_engine_event("launched", run)
    assert dead_runs.bury(instance) == []

    instance.report_engine_event("started", run, EngineEventData.in_process(gone))

    assert dead_runs.bury(instance) == [run.run_id]


def test_a_dead_process_that_nobody_asked_after_is_dead(instance: dg.DagsterInstance) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as ended:
        assert ended.stdout is not None
        ended.stdout.read()
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        run = started(instance, tags(ended.pid))

        assert dead_runs.bury(instance) == [run.run_id]


def test_the_living_are_left_alone(instance: dg.DagsterInstance) -> None:
    started(instance, tags(os.getppid()))

    assert dead_runs.bury(instance) == []


def test_runs_of_another_machine_are_left_alone(instance: dg.DagsterInstance, gone: int) -> None:
    started(instance, tags(gone, host="elsewhere"))

    assert dead_runs.bury(instance) == []
