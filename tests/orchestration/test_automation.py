"""Schedules start runs, sensors tell people; each is evaluated once here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.alerts import check_warned, run_failed, went_stale
from orchestration.defs.automation import every_quarter_hour, killed_runs, nightly
from orchestration.policies import PIPELINE_TAG
from orchestration.resources import Alerts

NOW = datetime(2026, 11, 3, 15, tzinfo=UTC)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def stored() -> Iterator[dg.DagsterInstance]:
    """On disk, since a schedule opens the instance a second time."""
    with dg.instance_for_test() as opened:
        yield opened


@pytest.fixture
def alerts() -> Alerts:
    return Alerts(
        webhook_url="", mail_host="", mail_port="25", mail_from="a@example.com", mail_to=""
    )


def ran(*definitions: Any, instance: dg.DagsterInstance) -> Any:
    assets = [one for one in definitions if not isinstance(one, dg.AssetChecksDefinition)]
    checks = [one for one in definitions if isinstance(one, dg.AssetChecksDefinition)]
    job = dg.define_asset_job("heartbeat", selection=dg.AssetSelection.all())
    found = dg.Definitions(assets=assets, asset_checks=checks, jobs=[job])
    return found.resolve_job_def("heartbeat").execute_in_process(
        instance=instance, raise_on_error=False
    )


@dg.asset(key=["raw_toy", "deals"])
def deals() -> None:
    return None


@dg.asset_check(asset=["raw_toy", "deals"], name="quality_suite")
def warns() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


@dg.asset_check(asset=["raw_toy", "deals"], name="quality_suite")
def passes() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@dg.asset_check(asset=["raw_toy", "deals"], name="quality_suite", blocking=True)
def blocks() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False)


def test_a_heartbeat_starts_when_nothing_runs(stored: dg.DagsterInstance) -> None:
    context = dg.build_schedule_context(instance=stored, scheduled_execution_time=NOW)

    data = every_quarter_hour.evaluate_tick(context)

    assert len(data.run_requests or ()) == 1


def test_a_heartbeat_is_left_out_while_the_one_before_runs(stored: dg.DagsterInstance) -> None:
    stored.add_run(
        dg.DagsterRun(
            job_name="heartbeat",
            run_id="5c5ac4a3-6f0e-4f6e-a9e0-000000000001",
            status=dg.DagsterRunStatus.STARTED,
            tags=PIPELINE_TAG,
        )
    )
    context = dg.build_schedule_context(instance=stored, scheduled_execution_time=NOW)

    data = every_quarter_hour.evaluate_tick(context)

    assert data.run_requests == []
    assert "under way" in (data.skip_message or "")


def test_the_sweep_starts_every_night(instance: dg.DagsterInstance) -> None:
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=NOW)

    data = nightly.evaluate_tick(context)

    assert len(data.run_requests or ()) == 1


def test_all_run_from_the_start() -> None:
    for schedule in (every_quarter_hour, nightly):
        assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    for sensor in (run_failed, check_warned, went_stale, killed_runs):
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_a_failed_run_is_told_with_its_step_and_its_check(
    instance: dg.DagsterInstance, alerts: Alerts, caplog: pytest.LogCaptureFixture
) -> None:
    result = ran(deals, blocks, instance=instance)
    assert not result.success
    context = dg.build_run_status_sensor_context(
        sensor_name="run_failed",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=next(e for e in result.all_events if e.is_run_failure),
        resources={"alerts": alerts},
    ).for_run_failure()

    run_failed(context)

    assert "heartbeat failed" in caplog.text
    assert "raw_toy/deals: quality_suite (error)" in caplog.text
    assert "step raw_toy__deals_quality_suite" in caplog.text


@pytest.mark.parametrize(("check", "told"), [(warns, True), (passes, False)])
def test_a_check_that_warns_in_a_green_run_is_told(
    check: dg.AssetChecksDefinition,
    told: bool,
    instance: dg.DagsterInstance,
    alerts: Alerts,
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = ran(deals, check, instance=instance)
    assert result.success
    context = dg.build_run_status_sensor_context(
        sensor_name="check_warned",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=next(
            e for e in result.all_events if e.event_type == dg.DagsterEventType.RUN_SUCCESS
        ),
        resources={"alerts": alerts},
    )

    check_warned(context)

    assert ("raw_toy/deals: quality_suite (warn)" in caplog.text) is told


def test_lateness_is_asked_of_every_asset_with_a_policy(
    instance: dg.DagsterInstance, alerts: Alerts
) -> None:
    late = dg.asset(
        key=["raw_toy", "late"],
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2)),
    )(lambda: None)
    context = dg.build_sensor_context(
        instance=instance,
        definitions=dg.Definitions(assets=[late]),
        resources={"alerts": alerts},
    )

    said = went_stale(context)

    assert isinstance(said, dg.SkipReason)
    assert "0 assets are too old" in (said.skip_message or "")
