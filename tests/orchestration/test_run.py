"""A run from the command line: its summary, its exit, and the dead whom it finds."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration import run
from orchestration.dagster_home import prepare
from orchestration.resources import Business

INSTANT = "2026-11-03T15:00:00Z"


def definitions(*, passed: bool = True) -> dg.Definitions:
    @dg.asset(key=["landing_toy", "deals"])
    def land() -> dg.MaterializeResult[Any]:
        facts = {
            "status": "landed",
            "dagster/row_count": 2,
            "requests": 3,
            "bytes": 40,
            "seconds": 0.5,
        }
        return dg.MaterializeResult(metadata=facts)

    @dg.asset_check(asset=["landing_toy", "deals"], name="quality_suite", blocking=True)
    def check() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=passed)

    @dg.asset(key=["publish_duckdb", "deals"], deps=[["landing_toy", "deals"]])
    def publish() -> dg.MaterializeResult[Any]:
        return dg.MaterializeResult(metadata={"dagster/row_count": 2})

    job = dg.define_asset_job("heartbeat", selection=dg.AssetSelection.all())
    return dg.Definitions(assets=[land, publish], asset_checks=[check], jobs=[job])


def test_a_summary_says_what_was_fetched_checked_and_published() -> None:
    summary = run.execute(dagster_home=None, definitions=definitions())

    assert summary.success
    assert summary.pulled == (run.Pulled("toy", "deals", "landed", 2, 3, 40, 0.5),)
    assert summary.requests == {"toy": 3}
    assert summary.delivered == (run.Delivered("duckdb", "deals", 2),)
    assert (summary.checks_passed, summary.checks_failed, summary.steps_failed) == (1, (), ())
    assert "requests: toy 3" in str(summary)


def test_a_failure_is_named() -> None:
    summary = run.execute(dagster_home=None, definitions=definitions(passed=False))

    assert not summary.success
    assert summary.checks_failed == ("landing_toy/deals: quality_suite (error)",)
    assert summary.steps_failed == ("landing_toy__deals_quality_suite",)
    assert summary.delivered == ()


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_it_went_well(
    passed: bool, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("orchestration.definitions.defs", lambda: definitions(passed=passed))

    assert run.main(["--job", "heartbeat", "--log", str(tmp_path / "run.log")]) == code


def test_with_a_home_the_history_is_kept(tmp_path: Path) -> None:
    summary = run.execute(dagster_home=tmp_path / "dagster", definitions=definitions())

    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        kept = instance.get_run_by_id(summary.run_id)
    assert kept is not None
    assert kept.is_success


def test_a_run_whose_process_is_gone_gives_its_slot_back(tmp_path: Path) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    tags = {run.HOST_TAG: run.socket.gethostname(), run.PROCESS_TAG: str(done.pid)}
    dead = "5c5ac4a3-6f0e-4f6e-a9e0-000000000001"
    with dg.DagsterInstance.from_config(str(prepare(tmp_path / "dagster"))) as instance:
        instance.add_run(
            dg.DagsterRun(
                job_name="heartbeat", run_id=dead, status=dg.DagsterRunStatus.STARTED, tags=tags
            )
        )
        storage = instance.event_log_storage
        storage.initialize_concurrency_limit_to_default("duckdb_writer")
        storage.claim_concurrency_slot("duckdb_writer", dead, "dbt_build")
        assert storage.get_concurrency_info("duckdb_writer").active_run_ids == {dead}

        buried = run.bury_dead_runs(instance)

        assert buried == [dead]
        assert storage.get_concurrency_info("duckdb_writer").active_run_ids == set()
        found = instance.get_run_by_id(dead)
        assert found is not None
        assert found.is_failure


def instant_of_run(business: Business, tags: dict[str, str]) -> tuple[datetime, float]:
    seen: list[datetime] = []

    @dg.op
    def look(context: dg.OpExecutionContext) -> None:
        seen.append(business.instant(context.instance, context.run))

    @dg.job
    def looks() -> None:
        look()

    with dg.DagsterInstance.ephemeral() as instance:
        result = looks.execute_in_process(instance=instance, tags=tags)
        record = instance.get_run_record_by_id(result.run_id)
        assert record is not None
        assert record.start_time is not None
        return seen[0], record.start_time


def test_the_instant_is_the_runs_tag_then_the_environments_then_the_start(
    business: Business,
) -> None:
    given = Business(**{**business.model_dump(), "as_of": "2026-10-01T00:00:00-03:00"})

    tagged, _ = instant_of_run(given, {"as_of": INSTANT})
    assert tagged == datetime(2026, 11, 3, 15, tzinfo=UTC)
    from_environment, _ = instant_of_run(given, {})
    assert from_environment == datetime(2026, 10, 1, 3, tzinfo=UTC)
    started, start = instant_of_run(business, {})
    assert started == datetime.fromtimestamp(int(start), UTC)
