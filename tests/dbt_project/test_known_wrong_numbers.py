"""Numbers that widely used CRM packages get wrong, each followed from raw rows to the mart.

The company of this test has one open deal per CRM at a stage of 20 %, worth 1,000 each, and three
owners: one with a win, one with a loss, one with nothing closed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.run import SOURCES, Home, prepare

pytestmark = pytest.mark.xdist_group("known_wrong_numbers")

PROJECT = Path(__file__).parents[2] / "dbt_project"
VARIABLES = {"as_of": "2026-03-10T12:00:00Z", "business_timezone": "UTC"}

# HubSpot writes a stage's probability as 0 to 1, Salesforce and Pipedrive as 0 to 100.
RAW: dict[str, list[dict[str, object]]] = {
    "raw_hubspot.account_info": [{"portalId": 1, "companyCurrency": "USD"}],
    "raw_hubspot.pipelines": [{"object_type": "deals", "id": "p", "label": "Sales"}],
    "raw_hubspot.pipeline_stages": [
        {"object_type": "deals", "pipeline_id": "p", "displayOrder": order, **stage}
        for order, stage in enumerate(
            [
                {"id": "open", "label": "Offer", "probability": 0.2, "isClosed": False},
                {"id": "won", "label": "Won", "probability": 1, "isClosed": True},
                {"id": "lost", "label": "Lost", "probability": 0, "isClosed": True},
            ]
        )
    ],
    "raw_hubspot.owners": [
        {"id": "1", "email": "wins@one.example", "firstName": "Only", "lastName": "Wins"},
        {"id": "2", "email": "loses@one.example", "firstName": "Only", "lastName": "Loses"},
        {"id": "3", "email": "waits@one.example", "firstName": "Only", "lastName": "Waits"},
    ],
    "raw_hubspot.deals": [
        {
            "pipeline": "p",
            "amount": 1000,
            "deal_currency_code": "USD",
            "createdate": "2026-02-01 10:00:00",
            "closedate": "2026-03-05 10:00:00",
            **deal,
        }
        for deal in [
            {
                "id": "11",
                "dealname": "Won",
                "dealstage": "won",
                "hubspot_owner_id": "1",
                "hs_is_closed": True,
                "hs_is_closed_won": True,
            },
            {
                "id": "12",
                "dealname": "Lost",
                "dealstage": "lost",
                "hubspot_owner_id": "2",
                "hs_is_closed": True,
                "hs_is_closed_won": False,
            },
            {
                "id": "13",
                "dealname": "Open in HubSpot",
                "dealstage": "open",
                "hubspot_owner_id": "3",
                "hs_is_closed": False,
                "hs_is_closed_won": False,
                "hs_manual_forecast_category": "MOST_LIKELY",
            },
        ]
    ],
    "raw_hubspot.property_history": [
        {
            "object_type": "deals",
            "record_id": "13",
            "property": "hs_manual_forecast_category",
            "timestamp": changed_at,
            "ordinal": ordinal,
            "value": category,
        }
        for ordinal, (changed_at, category) in enumerate(
            [("2026-02-01 10:00:00", "PIPELINE"), ("2026-02-10 10:00:00", "MOST_LIKELY")]
        )
    ],
    "raw_salesforce.organizations": [{"Id": "o", "DefaultCurrencyIsoCode": "USD"}],
    "raw_salesforce.opportunity_stages": [
        {
            "Id": "s1",
            "MasterLabel": "Offer",
            "ApiName": "Offer",
            "SortOrder": 1,
            "IsClosed": False,
            "IsWon": False,
            "DefaultProbability": 20,
        }
    ],
    "raw_salesforce.opportunities": [
        {
            "Id": "21",
            "Name": "Open in Salesforce",
            "Amount": 1000,
            "StageName": "Offer",
            "Probability": 20,
            "ForecastCategory": "MostLikely",
            "IsClosed": False,
            "IsWon": False,
            "CloseDate": "2026-04-01",
            "CurrencyIsoCode": "USD",
            "CreatedDate": "2026-02-01 10:00:00",
        }
    ],
    "raw_salesforce.opportunity_history": [
        {
            "Id": f"h{number}",
            "OpportunityId": "21",
            "StageName": "Offer",
            "Amount": 1000,
            "CloseDate": "2026-04-01",
            "ForecastCategory": category,
            "CreatedDate": changed_at,
        }
        for number, (changed_at, category) in enumerate(
            [("2026-02-01 10:00:00", "Pipeline"), ("2026-02-10 10:00:00", "MostLikely")]
        )
    ],
    "raw_pipedrive.pipelines": [{"id": "q", "name": "Partners"}],
    "raw_pipedrive.stages": [
        {"id": "s", "name": "Offer", "order_nr": 1, "pipeline_id": "q", "deal_probability": 20}
    ],
    "raw_pipedrive.deals": [
        {
            "id": "31",
            "title": "Open in Pipedrive",
            "value": 1000,
            "currency": "USD",
            "pipeline_id": "q",
            "stage_id": "s",
            "status": "open",
            "add_time": "2026-02-01 10:00:00",
        }
    ],
}


def _fill(warehouse: Path) -> None:
    with duckdb.connect(warehouse) as connection:
        for table, rows in RAW.items():
            for row in rows:
                stamped = {
                    **row,
                    "_changed_at": "2026-03-09 00:00:00",
                    "_landed_at": "2026-03-09 00:00:00",
                    "_is_deleted": False,
                }
                columns = ", ".join(f'"{column}"' for column in stamped)
                marks = ", ".join("?" for _ in stamped)
                connection.execute(
                    f"insert into {table} ({columns}) values ({marks})", list(stamped.values())
                )


@pytest.fixture(scope="module")
def marts(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("known_wrong_numbers")
    home = Home(folder)
    for source in SOURCES:
        prepare(source, home=home)
    _fill(home.warehouse)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "build"),
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *("--select", "+fct_owner_performance"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", json.dumps(VARIABLES)),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(home.warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    with duckdb.connect(home.warehouse, read_only=True) as connection:
        yield connection


def test_weighted_pipeline_is_not_a_hundred_times_too_high(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = marts.execute(
        """
        select dimension_key, value, n from kpi.fct_kpi_values
        where kpi_id = 'weighted_pipeline' and period_grain = 'month'
            and period_start = date '2026-03-01' and dimension in ('total', 'source_system')
        order by dimension_key
        """
    ).fetchall()
    assert found == [
        ("hubspot", 200, 1),
        ("pipedrive", 200, 1),
        ("salesforce", 200, 1),
        ("total", 600, 3),
    ]


@pytest.mark.parametrize(
    ("owner", "won", "lost", "win_rate"),
    [("Only Wins", 1, 0, 1.0), ("Only Loses", 0, 1, 0.0), ("Only Waits", 0, 0, None)],
)
def test_an_owner_has_the_win_rate_of_what_was_closed(
    owner: str,
    won: int,
    lost: int,
    win_rate: float | None,
    marts: duckdb.DuckDBPyConnection,
) -> None:
    found = marts.execute(
        """
        select won_count, lost_count, win_rate from performance.fct_owner_performance
        where owner_name = ? and period_grain = 'month' and period_start = date '2026-03-01'
        """,
        [owner],
    ).fetchall()
    assert found == [(won, lost, win_rate)]


@pytest.mark.parametrize("deal", ["Open in HubSpot", "Open in Salesforce"])
def test_most_likely_is_a_forecast_category_and_was_one_then(
    deal: str, marts: duckdb.DuckDBPyConnection
) -> None:
    found = marts.execute(
        """
        select versions.forecast_category, deals.forecast_category
        from core.fct_opportunity_versions as versions
        inner join core.fct_opportunities as deals using (opportunity_key)
        where deals.opportunity_name = ? order by versions.valid_from
        """,
        [deal],
    ).fetchall()
    assert found == [("pipeline", "most_likely"), ("most_likely", "most_likely")]
