"""The documented query of a family leads from a number to rows that add up to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.local import clock
from tests.e2e.playground import ROOT, Playground

pytestmark = pytest.mark.xdist_group("finished")

PROJECT = ROOT / "dbt_project"
Number = dict[str, str]

# Counts, shares, money, durations, and what was open at the end.
NUMBERS = {
    "leads": (
        "leads_created",
        "qualified_lead_rate",
        "lead_response_minutes",
        "unanswered_lead_share",
        "qualified_leads",
        "qualified_lead_conversion_cohort",
        "prospecting_effectiveness",
    ),
    "marketing": ("campaign_roi", "cost_per_lead", "customer_acquisition_cost"),
    "movement": ("push_rate", "slippage_rate", "stalled_pipeline_share"),
    "cycle": ("sales_cycle_days", "loss_cycle_days", "customer_journey_days"),
    "funnel": ("stage_conversion_cohort", "days_in_stage", "open_stage_visits"),
}
# Compiled once with these words in the places of what is asked for: each run of dbt takes seconds.
ASKED = {
    "kpi_id": "<kpi_id>",
    "period_grain": "<period_grain>",
    "period_start": "<period_start>",
    "dimension": "<dimension>",
    "dimension_key": "<dimension_key>",
}


@pytest.fixture(scope="module")
def queries(finished: Playground, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("behind")
    variables = {
        "as_of": clock(finished.store).isoformat(),
        "business_timezone": finished.environment["SALES_HEARTBEAT_TIMEZONE"],
        "behind": dict.fromkeys(NUMBERS, ASKED),
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "compile"),
            *("--select", *(f"{family}_behind_a_number" for family in NUMBERS)),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", json.dumps(variables)),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(finished.warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    compiled = folder / "target" / "compiled" / "sales_heartbeat" / "analyses"
    return {family: (compiled / f"{family}_behind_a_number.sql").read_text() for family in NUMBERS}


def _asking(query: str, number: Number) -> str:
    for name, word in ASKED.items():
        assert word in query
        query = query.replace(word, number[name])
    return query


def _busiest(connection: duckdb.DuckDBPyConnection, kpi_id: str, *, total: bool) -> Number:
    """The quarter of the KPI with most records behind it: something to add up."""
    found = connection.execute(
        "select kpi_id, period_grain, cast(period_start as varchar), dimension, dimension_key"
        " from kpi.fct_kpi_values where kpi_id = ? and period_grain = 'quarter'"
        " and (dimension = 'total') = ? and n > 0 and dimension_key <> 'unknown'"
        " order by numerator <> 0 desc, n desc, period_start, dimension, dimension_key limit 1",
        [kpi_id, total],
    ).fetchone()
    assert found is not None, f"nothing behind any {kpi_id}"
    return dict(zip(ASKED, found, strict=True))


@pytest.mark.parametrize("total", [True, False], ids=["total", "part"])
@pytest.mark.parametrize(
    ("family", "kpi_id"), [(family, one) for family, ids in NUMBERS.items() for one in ids]
)
def test_the_rows_behind_a_number_add_up_to_it(
    finished: Playground, queries: dict[str, str], family: str, kpi_id: str, total: bool
) -> None:
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        number = _busiest(connection, kpi_id, total=total)
        expected = connection.execute(
            "select coalesce(numerator, 0), coalesce(denominator, 0) from kpi.fct_kpi_values"
            " where kpi_id = $kpi_id and period_grain = $period_grain"
            " and period_start = cast($period_start as date)"
            " and dimension = $dimension and dimension_key = $dimension_key",
            number,
        ).fetchone()
        summed = connection.execute(
            "select coalesce(sum(cast(numerator as decimal(38, 10))), 0),"
            " coalesce(sum(cast(denominator as decimal(38, 10))), 0)"
            f" from ({_asking(queries[family], number)}) where reason is null"
        ).fetchone()
    assert expected is not None
    assert summed is not None
    for ours, theirs in zip(summed, expected, strict=True):
        # A duration is rounded to ten places in each row, and once in the sum.
        assert abs(ours - theirs) < Decimal("0.000001"), (number, summed, expected)


def test_what_was_left_out_is_listed_with_its_reason(
    finished: Playground, queries: dict[str, str]
) -> None:
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        found = connection.execute(
            "select cast(cast(date_trunc('year', deals.closed_on) as date) as varchar), count(*)"
            " from core.excluded_records as excluded"
            " inner join intermediate.int_crm__opportunities as deals"
            " on excluded.record_key = deals.opportunity_key"
            " where excluded.entity = 'opportunity' and deals.exclusion_reason is not null"
            " and deals.is_closed group by 1 order by 2 desc, 1 limit 1"
        ).fetchone()
        assert found is not None
        year, excluded_count = found
        number = {
            "kpi_id": "sales_cycle_days",
            "period_grain": "year",
            "period_start": year,
            "dimension": "total",
            "dimension_key": "total",
        }
        listed = connection.execute(
            f"select count(*) from ({_asking(queries['cycle'], number)})"
            " where reason is not null and reason <> 'negative_duration'"
        ).fetchone()
    assert listed == (excluded_count,)
