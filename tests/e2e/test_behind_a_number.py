"""From a KPI to the rows behind it: the analysis of each family adds up to the published value."""

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
FAMILIES = ("sales", "products", "pipeline")
ASKED: dict[str, dict[str, str]] = {
    "every KPI in total, newest complete month": {},
    "every owner, newest complete quarter": {
        "number_grain": "quarter",
        "number_dimension": "owner",
    },
    "every country, newest complete year": {"number_grain": "year", "number_dimension": "country"},
    "every pair, newest complete year": {
        "number_grain": "year",
        "number_dimension": "product_pair",
    },
}
# A median is of its rows, not their sum.
NOT_SUMS = {"average_deal_size_median"}


def compiled(ground: Playground, folder: Path, number: dict[str, str]) -> dict[str, str]:
    """The SQL of each family's analysis for the numbers asked for."""
    variables = {"as_of": clock(ground.store).isoformat(), **number}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "compile", "--select"),
            *(f"{family}_behind_a_number" for family in FAMILIES),
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
    return {family: (analyses / f"{family}_behind_a_number.sql").read_text() for family in FAMILIES}


@pytest.mark.parametrize("asked", ASKED)
def test_the_rows_behind_a_kpi_add_up_to_it(
    asked: str, finished: Playground, tmp_path: Path
) -> None:
    number = ASKED[asked]
    grain, dimension = number.get("number_grain", "month"), number.get("number_dimension", "total")
    queries = compiled(finished, tmp_path, number)
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        rows = {
            (kpi, key): (numerator, denominator)
            for query in queries.values()
            for kpi, key, numerator, denominator in connection.execute(
                f"""
                select kpi_id, dimension_key, sum(numerator), sum(denominator)
                from ({query}) group by all
                """
            ).fetchall()
        }
        values = connection.execute(
            """
            select kpi_id, dimension_key, numerator, denominator
            from kpi.fct_kpi_values inner join kpi.dim_kpi using (kpi_id)
            where family in ('sales', 'products', 'pipeline') and period_grain = $grain
                and dimension = $dimension and period_start = (
                    select max(period_start) from core.dim_period
                    where period_grain = $grain and is_complete
                )
            """,
            {"grain": grain, "dimension": dimension},
        ).fetchall()
    expected = {
        (kpi, key): (numerator, denominator)
        for kpi, key, numerator, denominator in values
        if kpi not in NOT_SUMS
    }
    zero = Decimal(0)
    wrong = {
        one: (numerator, denominator, rows.get(one))
        for one, (numerator, denominator) in expected.items()
        if (rows.get(one, (None, None))[0] or zero) != numerator
        or (rows.get(one, (None, None))[1] or zero) != (denominator or zero)
    }
    assert expected
    assert any(numerator for numerator, _ in expected.values())
    assert wrong == {}


def test_what_was_left_out_stands_beside_the_total(finished: Playground, tmp_path: Path) -> None:
    queries = compiled(finished, tmp_path, {"number_kpi": "win_rate", "number_grain": "year"})
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        told = connection.execute(
            f"""
            select left_out_because, count(*) from ({queries["sales"]})
            where left_out_because is not null group by all order by all
            """
        ).fetchall()
        known = connection.execute(
            """
            with newest as (
                select period_start, period_end from core.dim_period
                where period_grain = 'year' and is_complete order by period_start desc limit 1
            )
            select exclusion_reason, count(*)
            from intermediate.int_crm__opportunities as deals cross join newest
            where is_closed and exclusion_reason is not null
                and closed_on >= period_start and closed_on < period_end
            group by all order by all
            """
        ).fetchall()
    assert known
    assert set(known) <= set(told)
