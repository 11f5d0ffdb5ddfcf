"""From each KPI of the catalogue to the rows behind it, which add up to it, and to those left out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.behind import EVERY, PROJECT, WORDS, family_of, main, queries, question
from tests.e2e.playground import Playground

pytestmark = pytest.mark.xdist_group("finished")

CATALOGUE = PROJECT / "seeds" / "kpi" / "kpi_catalogue.csv"
KPIS = [row["kpi_id"] for row in csv.DictReader(CATALOGUE.read_text().splitlines())]
# A product of several rates, and the oldest of several ages.
NO_SUMS = ("sales_velocity", "customer_lifetime_value", "freshness_minutes")
# What is left to reach, and a share, end at 0, whatever the rows add up to.
NOT_BELOW_ZERO = {"forecast_accuracy": "numerator", "pipeline_coverage": "denominator"}
QUANTILES = {"_median": 0.5, "_p75": 0.75, "_p90": 0.9, "forecast_amount": 0.5, "_p10": 0.5}


@dataclass(frozen=True)
class Drill:
    connection: duckdb.DuckDBPyConnection
    folder: Path

    def rows(self, kpi_id: str, grain: str, start: str, dimension: str, key: str = EVERY) -> str:
        number = dict(zip(WORDS, (kpi_id, grain, start, dimension, key), strict=True))
        return question(self.folder, family_of(self.connection, kpi_id), number)


@pytest.fixture(scope="module")
def drill(finished: Playground) -> Iterator[Drill]:
    folder = queries(finished.home)
    with duckdb.connect(finished.warehouse, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield Drill(connection, folder)


def _busiest(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> list[tuple[str, str, str]]:
    """The period of each of its dimensions with most behind it; of the longest grain but a year."""
    return connection.execute(
        """
        select period_grain, cast(period_start as varchar), dimension from kpi.fct_kpi_values
        where kpi_id = ? and period_grain in ('month', 'quarter', 'year') and value is not null
        group by period_grain, period_start, dimension
        qualify row_number() over (
            partition by dimension
            order by sum(numerator) <> 0 desc, period_grain = 'quarter' desc,
                period_grain = 'month' desc, sum(n) desc, period_start desc
        ) = 1
        """,
        [kpi_id],
    ).fetchall()


def _value(kpi_id: str) -> str:
    """What the value is of the rows, where it is no numerator over a denominator."""
    share = next((share for end, share in QUANTILES.items() if kpi_id.endswith(end)), 0.5)
    return f"quantile_cont(cast(numerator as double), {share}) filter (where reason is null)"


@pytest.mark.parametrize("kpi_id", [one for one in KPIS if one not in NO_SUMS])
def test_the_rows_behind_a_kpi_add_up_to_it(kpi_id: str, drill: Drill) -> None:
    numbers = _busiest(drill.connection, kpi_id)
    assert numbers, f"nothing behind any {kpi_id}"
    for grain, start, dimension in numbers:
        rows = drill.rows(kpi_id, grain, start, dimension)
        found = drill.connection.execute(
            f"""
            with told as (
                select dimension_key, numerator, denominator, value from kpi.fct_kpi_values
                where kpi_id = $kpi_id and period_grain = $grain
                    and period_start = cast($start as date) and dimension = $dimension
            ),
            added as (
                select dimension_key, sum(numerator) filter (where reason is null) as numerator,
                    sum(denominator) filter (where reason is null) as denominator,
                    {_value(kpi_id)} as value
                from ({rows}) group by dimension_key
            )
            select dimension_key, coalesce(told.numerator, 0), coalesce(added.numerator, 0),
                coalesce(told.denominator, 0), coalesce(added.denominator, 0),
                told.numerator is null, told.value, added.value
            from told full join added using (dimension_key)
            """,
            {"kpi_id": kpi_id, "grain": grain, "start": start, "dimension": dimension},
        ).fetchall()
        assert found
        for key, numerator, above, denominator, below, is_quantile, value, quantile in found:
            seen = (grain, start, dimension, key)
            if is_quantile:
                assert quantile == pytest.approx(value and float(value), abs=1e-4), seen
                continue
            # A duration is rounded to ten places in each row, and once in the sum.
            for part, told, added in (
                ("numerator", numerator, above),
                ("denominator", denominator, below),
            ):
                least = 0 if NOT_BELOW_ZERO.get(kpi_id) == part else float("-inf")
                assert max(float(added), least) == pytest.approx(float(told), abs=1e-4), (
                    seen,
                    part,
                )


@pytest.mark.parametrize("kpi_id", NO_SUMS)
def test_what_is_no_sum_has_rows_too(kpi_id: str, drill: Drill) -> None:
    [(grain, start, _)] = [one for one in _busiest(drill.connection, kpi_id) if one[2] == "total"]
    found = drill.connection.execute(
        f"select count(*), max(numerator) from ({drill.rows(kpi_id, grain, start, 'total')})"
    ).fetchone()
    assert found is not None
    assert found[0] > 1
    if kpi_id == "freshness_minutes":
        told = drill.connection.execute(
            "select value from kpi.fct_kpi_values where kpi_id = ? and dimension = 'total' "
            "and period_grain = ? and period_start = cast(? as date)",
            [kpi_id, grain, start],
        ).fetchone()
        assert told == (found[1],)


@pytest.mark.parametrize(
    ("kpi_id", "day"),
    [
        ("win_rate", "closed_on"),
        ("sales_cycle_days", "closed_on"),
        ("pipeline_created", "created_on"),
        ("stage_conversion_cohort", "created_on"),
    ],
)
def test_every_deal_that_was_left_out_stands_beside_the_total(
    kpi_id: str, day: str, drill: Drill
) -> None:
    known = drill.connection.execute(
        f"""
        select cast(cast(date_trunc('year', {day}) as date) as varchar) as year_start, count(*)
        from intermediate.int_crm__opportunities
        where exclusion_reason is not null and (is_closed or '{day}' <> 'closed_on')
        group by 1 order by 2 desc, 1 limit 1
        """
    ).fetchone()
    assert known is not None
    year_start, count = known
    told = drill.connection.execute(
        f"select count(*) from ({drill.rows(kpi_id, 'year', year_start, 'total')}) "
        "where reason in ('deleted', 'test', 'duplicate_loss', 'merged', 'internal')"
    ).fetchone()
    assert told == (count,)


def test_the_command_prints_the_rows_or_the_query(
    finished: Playground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(finished.home))
    number = ["deals_won", "quarter", "2026-07-01"]
    assert main(number) == 0
    assert "opportunity" in capsys.readouterr().out
    assert main([*number, "owner", "--sql"]) == 0
    assert "'deals_won'" in capsys.readouterr().out
    assert main(["no_such_kpi", "month", "2026-07-01"]) == 1
    assert "no KPI no_such_kpi" in capsys.readouterr().err
    for other in (["2026-07-02"], ["yesterday"], ["2026-07-01", "owner", "o'brien"]):
        assert main([*number[:2], *other]) == 1
        assert "no number deals_won quarter" in capsys.readouterr().err
