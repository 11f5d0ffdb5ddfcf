"""A run from the command line: its summary, its exit and its history."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration import run
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

    log = str(tmp_path / "run.log")

    assert run.main(["--job", "heartbeat", "--no-history", "--log", log]) == code


def test_the_history_stands_in_the_home_unless_none_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("orchestration.definitions.defs", definitions)
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(tmp_path / "home"))

    assert run.main(["--no-history"]) == 0
    assert not (tmp_path / "home").exists()
    assert run.main([]) == 0

    with dg.DagsterInstance.from_config(str(tmp_path / "home" / "dagster")) as instance:
        assert [found.job_name for found in instance.get_runs()] == ["heartbeat"]


def test_with_a_home_the_history_is_kept(tmp_path: Path) -> None:
    summary = run.execute(dagster_home=tmp_path / "dagster", definitions=definitions())

    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        kept = instance.get_run_by_id(summary.run_id)
    assert kept is not None
    assert kept.is_success


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
