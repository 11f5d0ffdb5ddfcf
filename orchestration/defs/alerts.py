"""What is told to people: a run that failed, a check that failed in a run that did not, lateness."""

import dagster as dg

from orchestration.notify import Alert
from orchestration.resources import Alerts

LONGEST_LIST = 20


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def run_failed(context: dg.RunFailureSensorContext, alerts: Alerts) -> None:
    run = context.dagster_run
    steps = tuple(event.step_key or "" for event in context.get_step_failure_events())
    lines = (f"run {run.run_id}", *(f"step {step}" for step in steps), *failed_checks(context))
    alerts.tell(Alert(f"{run.job_name} failed", lines))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING
)
def check_warned(context: dg.RunStatusSensorContext, alerts: Alerts) -> dg.SkipReason | None:
    """A warning stops nothing, so the run is green: without this, nobody would hear of it."""
    failed = failed_checks(context)
    if not failed:
        return dg.SkipReason("every check passed")
    title = f"{context.dagster_run.job_name}: {len(failed)} checks warn"
    alerts.tell(Alert(title, failed[:LONGEST_LIST]))
    return None


@dg.sensor(minimum_interval_seconds=300, default_status=dg.DefaultSensorStatus.RUNNING)
def went_stale(context: dg.SensorEvaluationContext, alerts: Alerts) -> dg.SkipReason | None:
    """Tells once when assets become too old, and again only after another one does."""
    definitions = context.repository_def
    if definitions is None:
        raise dg.Failure("the sensor runs without its code location")
    keys = [
        spec.key
        for assets in definitions.assets_defs_by_key.values()
        for spec in assets.specs
        if spec.freshness_policy is not None
    ]
    states = context.instance.get_freshness_state_records(sorted(set(keys)))
    stale = sorted(
        key.to_user_string()
        for key, record in states.items()
        if record.freshness_state.value == "FAIL"
    )
    known = set((context.cursor or "").split(","))
    context.update_cursor(",".join(stale))
    if not set(stale) - known:
        return dg.SkipReason(f"{len(stale)} assets are too old, none of them newly")
    alerts.tell(Alert(f"{len(stale)} assets are too old", tuple(stale[:LONGEST_LIST])))
    return None


def failed_checks(context: dg.RunStatusSensorContext) -> tuple[str, ...]:
    """One line per failed check of the run: which, of what, how grave; no value of any record."""
    records = context.instance.get_records_for_run(
        context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    lines = []
    for record in records:
        event = record.event_log_entry.dagster_event
        found = event.event_specific_data if event else None
        if isinstance(found, dg.AssetCheckEvaluation) and not found.passed:
            asset = found.asset_key.to_user_string()
            lines.append(f"{asset}: {found.check_name} ({found.severity.value.lower()})")
    return tuple(lines)
