"""The whole project on a warehouse in which nothing has arrived yet, with every unit test.

Runs of the pipeline leave the unit tests out: they question the code, not the data.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.run import SOURCES, Home, prepare

pytestmark = pytest.mark.xdist_group("dbt_build")

PROJECT = Path(__file__).parents[2] / "dbt_project"

# Models in which each row of one side is compared with each of the other, and why that stays small.
_ONE_ROW = "the other side is the one row of the organization"
_BANDS = "the other side is a seed of a few bands"
EACH_WITH_EACH = {
    "int_salesforce__products_conformed": _ONE_ROW,
    "int_salesforce__line_items_conformed": _ONE_ROW,
    "int_salesforce__order_lines_conformed": _ONE_ROW,
    "int_crm__products": _ONE_ROW,
    "int_crm__line_items": _ONE_ROW,
    "int_crm__order_lines": _ONE_ROW,
    "fct_discount_effect": _BANDS,
    "fct_price_effect": _BANDS,
    "fct_heartbeat": "the other side is the few families of KPIs",
    "kpi_people": "the other side is a handful of measures",
}


def test_an_empty_warehouse_builds_and_every_unit_test_passes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for source in SOURCES:
        prepare(source, home=home)
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--warn-error", "build"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")),
            *("--vars", '{"as_of": "2026-11-03T15:00:00Z"}'),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(home.warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    outcomes = Counter((one["unique_id"].split(".")[0], one["status"]) for one in results)
    assert outcomes["unit_test", "pass"] >= 55
    assert {status for _, status in outcomes} <= {"pass", "success"}

    # A join on nothing but an `or` compares each row with each: it explodes where both sides grow.
    nodes = json.loads((tmp_path / "target" / "manifest.json").read_text())["nodes"].values()
    models = {
        node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "model"
    }
    with duckdb.connect(home.warehouse, read_only=True) as connection:
        found = {name for name, sql in models.items() if _compares_each(connection, sql)}
    assert found == EACH_WITH_EACH.keys()


def _compares_each(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    row = connection.execute(f"explain (format json) {sql}").fetchone()
    assert row is not None
    left: list[dict[str, Any]] = json.loads(row[1])
    for step in left:  # grows while it is read
        if step["name"].strip() == "BLOCKWISE_NL_JOIN":
            return True
        left.extend(step["children"])
    return False
