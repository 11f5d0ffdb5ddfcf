"""Bad arrivals stop the models, implausible marts stop publication, warnings stop nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from data_quality.expectations import between, not_null, one_of, row_count
from data_quality.model import Suite
from orchestration.components.publication import publication
from orchestration.components.quality_gate import gate
from orchestration.resources import Business
from tests.orchestration.toy import materialized, run_of

ARRIVALS = Suite(
    "raw_toy.deals",
    "nobody",
    "a test",
    (
        row_count(1, why=""),
        not_null("id", why=""),
        one_of("stage", "won", "lost", why=""),
    ),
)
PLAUSIBLE = Suite("publish.pub_deals", "nobody", "a test", (between("share", 0, 1, why=""),))


def pipeline(business: Business, arrivals: str, marts: str) -> list[Any]:
    """Arrivals, models and publication as in the real thing; the SQL says what is in the rows."""
    business.root.mkdir(parents=True, exist_ok=True)

    def write(statement: str) -> None:
        with duckdb.connect(business.warehouse) as connection:
            connection.execute("create schema if not exists raw_toy")
            connection.execute("create schema if not exists publish")
            connection.execute(statement)

    @dg.asset(key=["raw_toy", "deals"])
    def raw_deals() -> None:
        write(arrivals)

    @dg.asset(key=["publish", "pub_deals"], deps=[["raw_toy", "deals"]])
    def models() -> None:
        write(f"create or replace view publish.pub_deals as {marts}")

    return [
        raw_deals,
        gate("raw_toy", [ARRIVALS]),
        models,
        gate("publish", [PLAUSIBLE]),
        publication("duckdb", ["pub_deals"]),
        publication("parquet", ["pub_deals"]),
    ]


GOOD = "create or replace table raw_toy.deals as select 'd1' as id, 'won' as stage"
SHARES = "select cast(0.5 as decimal(9, 2)) as share"
ALL = {"raw_toy/deals", "publish/pub_deals", "publish_duckdb/deals", "publish_parquet/deals"}


def published(business: Business) -> list[tuple[Any, ...]]:
    with duckdb.connect(business.published_file, read_only=True) as connection:
        return connection.execute("select share from pub_deals").fetchall()


def test_good_rows_go_all_the_way(business: Business, resources: dict[str, Any]) -> None:
    result = run_of(pipeline(business, GOOD, SHARES), resources)

    assert result.success
    assert materialized(result) == ALL
    assert len(published(business)) == 1
    assert (business.published_parquet / "pub_deals.parquet").exists()


@pytest.mark.parametrize(
    "arrivals",
    [
        "create or replace table raw_toy.deals as select null::varchar as id, 'won' as stage",
        "create or replace table raw_toy.deals as select 'd' as id, 'won' as stage where false",
        # A check that never ran stops nothing: a table that is missing has to be a failure.
        "drop table if exists raw_toy.deals",
        "create or replace table raw_toy.deals as select 'd1' as id",
    ],
    ids=["null key", "empty", "no table", "no column"],
)
def test_bad_arrivals_stop_the_models(
    arrivals: str, business: Business, resources: dict[str, Any]
) -> None:
    result = run_of(pipeline(business, arrivals, SHARES), resources)

    assert not result.success
    assert materialized(result) == {"raw_toy/deals"}
    assert not business.published_file.exists()


def test_a_warning_is_told_and_stops_nothing(business: Business, resources: dict[str, Any]) -> None:
    unknown = "create or replace table raw_toy.deals as select 'd1' as id, 'wno' as stage"

    result = run_of(pipeline(business, unknown, SHARES), resources)

    assert result.success
    assert materialized(result) == ALL
    told = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert [(one.asset_key.to_user_string(), one.severity) for one in told] == [
        ("raw_toy/deals", dg.AssetCheckSeverity.WARN)
    ]
    assert "wno" in told[0].metadata["details"].value


def test_implausible_marts_leave_what_was_published(
    business: Business, resources: dict[str, Any]
) -> None:
    assert run_of(pipeline(business, GOOD, SHARES), resources).success
    parquet = Path(business.published_parquet).resolve()

    wrong = "select cast(1.5 as decimal(9, 2)) as share"
    result = run_of(pipeline(business, GOOD, wrong), resources)

    assert not result.success
    assert materialized(result) == {"raw_toy/deals", "publish/pub_deals"}
    assert [float(row[0]) for row in published(business)] == [0.5]
    assert business.published_parquet.resolve() == parquet


def test_what_the_checks_found_is_kept_in_the_warehouse(
    business: Business, resources: dict[str, Any]
) -> None:
    result = run_of(pipeline(business, GOOD, SHARES), resources)

    with duckdb.connect(business.warehouse, read_only=True) as connection:
        kept = connection.execute(
            "select run_id, relation, count(*) from _quality.results group by all order by 2"
        ).fetchall()
    assert kept == [
        (result.run_id, "publish.pub_deals", 1),
        (result.run_id, "raw_toy.deals", 3),
    ]
