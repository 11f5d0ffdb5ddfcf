"""From a KPI of reps, activities, targets or trust to the rows behind it, which add up to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.local import clock
from tests.e2e.playground import ROOT, Playground

pytestmark = pytest.mark.xdist_group("finished")

PROJECT = ROOT / "dbt_project"
CENT_OF_AN_HOUR = 0.0001  # a row's hours are rounded, their sum is not

# Family, the number that is asked for, and the KPIs that must be among those found.
ASKED = {
    "activities in total": (
        "activities",
        {"number_grain": "month"},
        {
            "activities_completed",
            "activities_per_working_day",
            "follow_ups",
            "customers_followed_up",
            "task_on_time_rate",
            "task_completion_hours",
        },
    ),
    "activities of owners": (
        "activities",
        {"number_grain": "quarter", "number_dimension": "owner"},
        {"activities_per_working_day", "customers_followed_up", "task_on_time_rate"},
    ),
    "activities by type": (
        "activities",
        {"number_grain": "year", "number_dimension": "activity_type"},
        {"activities_completed", "follow_ups", "customers_followed_up"},
    ),
    "people of teams": (
        "people",
        {"number_grain": "quarter", "number_dimension": "team"},
        {"accounts_per_rep", "participation_rate"},
    ),
    "people of owners": (
        "people",
        {"number_grain": "month", "number_dimension": "owner"},
        {"accounts_per_rep", "ramp_attainment"},
    ),
    "people of owners, in the month of the run": (
        "people",
        {"number_grain": "month", "number_dimension": "owner", "number_start": "2026-11-01"},
        {"hygiene_score"},
    ),
    "attainment in total": (
        "attainment",
        {"number_grain": "quarter"},
        {"attainment", "target_amount"},
    ),
    "attainment of owners": (
        "attainment",
        {"number_grain": "month", "number_dimension": "owner"},
        {"attainment", "target_amount"},
    ),
    "what is filled in, by owner": (
        "trust",
        {
            "number_kpi": "completeness",
            "number_grain": "month",
            "number_dimension": "owner",
            "number_start": "2026-11-01",
        },
        {"completeness"},
    ),
}


def compiled(ground: Playground, folder: Path, family: str, number: dict[str, str]) -> str:
    variables = {
        "as_of": clock(ground.store).isoformat(),
        "business_timezone": ground.environment["SALES_HEARTBEAT_TIMEZONE"],
        **number,
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "compile"),
            *("--select", f"{family}_behind_a_number"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", json.dumps(variables)),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(ground.warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    analyses = folder / "target" / "compiled" / "sales_heartbeat" / "analyses"
    return (analyses / f"{family}_behind_a_number.sql").read_text()


@pytest.mark.parametrize("asked", ASKED)
def test_the_rows_behind_a_kpi_add_up_to_it(
    asked: str, finished: Playground, tmp_path: Path
) -> None:
    family, number, expected = ASKED[asked]
    query = compiled(finished, tmp_path, family, number)
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        found = connection.execute(
            f"""
            with rows as (
                select kpi_id, period_grain, period_start, dimension, dimension_key,
                    coalesce(sum(numerator), 0) as numerator,
                    coalesce(sum(denominator), 0) as denominator
                from ({query}) group by all
            )
            select kpi_id, dimension_key, rows.numerator, coalesce(told.numerator, 0),
                rows.denominator, coalesce(told.denominator, 0)
            from rows inner join kpi.fct_kpi_values as told
                using (kpi_id, period_grain, period_start, dimension, dimension_key)
            where told.numerator is not null
            """
        ).fetchall()
    wrong = [
        row
        for row in found
        if abs(float(row[2]) - float(row[3])) > CENT_OF_AN_HOUR
        or abs(float(row[4]) - float(row[5])) > CENT_OF_AN_HOUR
    ]
    assert {row[0] for row in found if row[3] or row[5]} >= expected
    assert wrong == []


@pytest.mark.parametrize("family", ["activities", "people"])
def test_what_was_left_out_stands_beside_the_total(
    family: str, finished: Playground, tmp_path: Path
) -> None:
    query = compiled(finished, tmp_path, family, {"number_grain": "year"})
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        reasons = connection.execute(
            f"select distinct left_out_because from ({query}) where left_out_because is not null"
        ).fetchall()
        counted = connection.execute(
            f"select count(*) from ({query}) "
            "where left_out_because is not null and (numerator is not null or denominator > 0)"
        ).fetchone()
    assert {reason for (reason,) in reasons} >= {"deleted"}
    assert counted == (0,)
