"""The jobs, the schedules that start them, and what becomes of runs that were killed."""

import dagster as dg

from ingestion.sources import SOURCES
from orchestration import dead_runs
from orchestration.policies import EVERY_QUARTER_HOUR, NIGHTLY, PIPELINE_TAG

RUNNING = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
)

# Every event is kept with the run; the console is for what somebody should read.
QUIET = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}
SWEEPING = {"ops": {f"landing_{name}": {"config": {"mode": "sweep"}} for name in SOURCES}}

heartbeat = dg.define_asset_job(
    "heartbeat",
    selection=dg.AssetSelection.all(),
    description="What changed in every CRM, through to what readers see.",
    executor_def=dg.in_process_executor,
    tags=PIPELINE_TAG,
    config=QUIET,
)

sweep = dg.define_asset_job(
    "sweep",
    selection=dg.AssetSelection.all(),
    description="Every id of every CRM, to find what vanished without a trace; then the rest.",
    executor_def=dg.in_process_executor,
    tags=PIPELINE_TAG,
    config={**QUIET, **SWEEPING},
)


@dg.schedule(
    job=heartbeat,
    cron_schedule=EVERY_QUARTER_HOUR,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def every_quarter_hour(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Leaves out a beat while a run is under way, or beats would pile up behind a slow one."""
    filters = dg.RunsFilter(statuses=list(RUNNING), tags=PIPELINE_TAG)
    if context.instance.get_runs_count(filters):
        return dg.SkipReason("the run before is still under way")
    return dg.RunRequest()


nightly = dg.ScheduleDefinition(
    name="nightly",
    job=sweep,
    cron_schedule=NIGHTLY,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def killed_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Finds runs that were killed, so that they are told, tried again, and keep nobody waiting."""
    return dg.SkipReason(f"{len(dead_runs.bury(context.instance))} runs were found dead")
