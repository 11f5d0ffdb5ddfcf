"""Models of the project as plain SQL, run on tables that a test gives: no warehouse, no pipeline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[2] / "dbt_project"
_THEN = datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)  # stands in the text for any instant


@dataclass(frozen=True)
class Model:
    """`relation` is how other models name it: database, schema and name. An analysis has none."""

    relation: str | None
    is_view: bool
    sql: str = field(repr=False)

    def text(self, *, as_of: datetime) -> str:
        return self.sql.replace(_text(_THEN), _text(as_of))

    def make(self, connection: duckdb.DuckDBPyConnection, *, as_of: datetime) -> None:
        kind = "view" if self.is_view else "table"
        connection.execute(f"create or replace {kind} {self.relation} as {self.text(as_of=as_of)}")


def compiled(
    names: Sequence[str], folder: Path, *, variables: Mapping[str, str | int]
) -> dict[str, Model]:
    """The models by name, in the order in which they have to be made."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "--no-version-check", "compile"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", json.dumps({**variables, "as_of": _THEN.isoformat()})),
            *("--select", *names),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(folder / "warehouse.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    kinds = ("model", "analysis")
    found = {node["name"]: node for node in nodes.values() if node["resource_type"] in kinds}
    assert set(names) <= found.keys()
    return {
        name: Model(
            found[name]["relation_name"],
            found[name]["config"]["materialized"] == "view",
            found[name]["compiled_code"],
        )
        for name in names
    }


def place() -> duckdb.DuckDBPyConnection:
    """An empty warehouse in memory, under the name that the compiled text uses."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse")
    connection.execute("use warehouse")
    connection.execute("set timezone = 'UTC'")
    for schema in ("intermediate", "core", "funnel", "performance", "kpi", "seeds"):
        connection.execute(f"create schema {schema}")
    return connection


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
