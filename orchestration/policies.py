"""Every pool, retry, freshness and schedule rule by name; components and jobs take them from here."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

# DuckDB lets one process write to a file, and no other open it meanwhile.
WRITER_POOL = "duckdb_writer"

# Runs that carry this tag never overlap; the limit of 1 stands in instance/dagster.yaml.
PIPELINE_TAG = {"sales_heartbeat/pipeline": "true"}

EVERY_QUARTER_HOUR = "*/15 * * * *"
# Between two quarters, when the day is over from São Paulo to San Francisco.
NIGHTLY = "37 9 * * *"

# The client has retried each request already: these tries are for a vendor who is down for longer.
LANDING_RETRY = dg.RetryPolicy(max_retries=2, delay=20, backoff=dg.Backoff.EXPONENTIAL)

# Publication can be repeated at will; it fails at once when someone holds the file for a moment.
PUBLICATION_RETRY = dg.RetryPolicy(max_retries=2, delay=3)

# Three heartbeats missed is worth a look, eight is an outage.
ARRIVALS_FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(minutes=45), fail_window=timedelta(hours=2)
)
PUBLICATION_FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=1), fail_window=timedelta(hours=3)
)


def request_pool(source: str) -> str:
    """One pool per CRM: two runs at once would share one rate limit."""
    return source
