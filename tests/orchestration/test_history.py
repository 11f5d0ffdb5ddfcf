"""The history: the same files as Dagster's own storage, told at once to whoever watches a run."""

from __future__ import annotations

import threading
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration import history
from orchestration.dagster_home import prepare
from orchestration.history import Events

RUN = "5c5ac4a3-6f0e-4f6e-a9e0-000000000001"


@dg.asset(key=["raw_toy", "deals"])
def deals() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"dagster/row_count": 2})


@dg.asset_check(asset=["raw_toy", "deals"], name="quality_suite")
def check() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def ran(home: Path) -> dg.ExecuteInProcessResult:
    job = dg.define_asset_job("heartbeat", selection=dg.AssetSelection.all())
    found = dg.Definitions(assets=[deals], asset_checks=[check], jobs=[job])
    with dg.DagsterInstance.from_config(str(home)) as instance:
        return found.resolve_job_def("heartbeat").execute_in_process(instance=instance)


def test_the_instance_keeps_its_history_here(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(prepare(tmp_path))) as instance:
        assert isinstance(instance.event_log_storage, Events)


def test_dagsters_own_storage_reads_what_was_kept(tmp_path: Path) -> None:
    result = ran(prepare(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}")

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        kept = instance.get_run_by_id(result.run_id)
        stored = instance.get_records_for_run(result.run_id).records
        latest = instance.get_latest_materialization_event(deals.key)
    assert kept is not None
    assert kept.is_success
    types = [one.event_log_entry.dagster_event_type for one in stored]
    assert dg.DagsterEventType.ASSET_CHECK_EVALUATION in types
    assert dg.DagsterEventType.RUN_SUCCESS in types
    assert latest is not None
    assert latest.asset_materialization is not None
    assert latest.asset_materialization.metadata["dagster/row_count"].value == 2


def test_a_watcher_in_another_connection_is_told_at_once(tmp_path: Path) -> None:
    """Events wait in the write-ahead file, which Dagster's own watcher does not look at."""
    told = threading.Event()

    def tell(entry: EventLogEntry, cursor: str) -> None:
        told.set()

    home = str(prepare(tmp_path))
    with (
        dg.DagsterInstance.from_config(home) as writer,
        dg.DagsterInstance.from_config(home) as reader,
    ):
        run = writer.add_run(dg.DagsterRun(job_name="heartbeat", run_id=RUN))
        writer.report_engine_event("first", run)
        cursor = reader.get_records_for_run(RUN).cursor
        reader.watch_event_logs(RUN, cursor, tell)

        writer.report_engine_event("second", run)

        assert told.wait(timeout=10)
        reader.end_watch_event_logs(RUN, tell)


def test_the_number_of_open_files_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_OPEN", 2)
    with dg.DagsterInstance.from_config(str(prepare(tmp_path))) as instance:
        runs = [f"5c5ac4a3-6f0e-4f6e-a9e0-{number:012}" for number in range(3)]
        for run_id in runs:
            run = instance.add_run(dg.DagsterRun(job_name="heartbeat", run_id=run_id))
            instance.report_engine_event("seen", run)

        storage = instance.event_log_storage
        assert isinstance(storage, Events)
        assert {len(storage.get_records_for_run(run_id).records) for run_id in runs} == {1}
        assert len(storage._engines) == 2
