"""Runs whose process was killed: it could neither say so nor give back its place in a pool."""

# ruff: noqa: TID251

from __future__ import annotations

import os
import socket
from pathlib import Path

import dagster as dg

HOST_TAG = "sales_heartbeat/host"
PROCESS_TAG = "sales_heartbeat/process"
UNDER_WAY = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def tags() -> dict[str, str]:
    """What a run of this process carries, so that another can tell whether it still lives."""
    return {HOST_TAG: socket.gethostname(), PROCESS_TAG: str(os.getpid())}


def bury(instance: dg.DagsterInstance) -> list[str]:
    """Report runs whose process is gone as failed and free their pool slots; returns their ids.

    The next run would wait for those slots for ever. Runs of another machine are left alone.
    """
    buried = []
    for run in instance.get_runs(dg.RunsFilter(statuses=list(UNDER_WAY))):
        if run.tags.get(HOST_TAG, socket.gethostname()) != socket.gethostname():
            continue
        process = _process(instance, run)
        if process is not None and not _is_alive(process):
            instance.report_run_failed(run, "its process is gone")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            buried.append(run.run_id)
    return buried


def _process(instance: dg.DagsterInstance, run: dg.DagsterRun) -> int | None:
    """From our tag, else from what Dagster's launcher noted; none as long as none was started."""
    if PROCESS_TAG in run.tags:
        return int(run.tags[PROCESS_TAG])
    found = None
    events = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    for record in events.records:
        event = record.event_log_entry.dagster_event
        noted = event.engine_event_data.metadata.get("pid") if event else None
        if noted is not None:
            found = int(str(noted.value))
    return found


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return False  # the number of a dead run's process, given out anew to this one
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """Dead, but its parent has not asked after it; only Linux shows this in a file."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] == "Z"
