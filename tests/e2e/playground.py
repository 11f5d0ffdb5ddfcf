"""A home of its own, a served company, and the real command run on them as operations would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.local import clock, published_file, served

ROOT = Path(__file__).resolve().parents[2]
OURS = ("_landed_at", "_load_id")  # differ from run to run by their meaning
LAYERS = ("intermediate", "core", "funnel", "performance", "kpi", "forecast", "reports")


@dataclass
class Playground:
    home: Path
    store: Path
    environment: Mapping[str, str]

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return published_file(self.home)

    def start(self, job: str = "heartbeat") -> subprocess.Popen[str]:
        """The job in a process of its own, in a group of its own, as of the company's clock."""
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "orchestration.run", "--job", job),
                *("--no-history", "--as-of", clock(self.store).isoformat()),
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, job: str = "heartbeat") -> str:
        process = self.start(job)
        out, err = process.communicate(timeout=400)
        assert process.returncode == 0, f"{out}\n{err[-4000:]}"
        return out

    def rebuilt(self, beside: Path, *, as_of: datetime) -> Path:
        """A copy of the warehouse in which all models were built once more, as of an instant."""
        beside.mkdir()
        copy = Path(shutil.copy(self.warehouse, beside / self.warehouse.name))
        variables = {
            "as_of": as_of.isoformat(),
            "business_timezone": self.environment["SALES_HEARTBEAT_TIMEZONE"],
            "business_country": self.environment["SALES_HEARTBEAT_COUNTRY"],
            "business_sector": self.environment["SALES_HEARTBEAT_SECTOR"],
        }
        done = subprocess.run(
            [
                *(sys.executable, "-m", "dbt.cli.main", "run", "--vars", json.dumps(variables)),
                *("--project-dir", str(ROOT / "dbt_project")),
                *("--profiles-dir", str(ROOT / "dbt_project")),
                *("--target-path", str(beside / "target"), "--log-path", str(beside / "logs")),
            ],
            env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(copy)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]
        return copy

    def tables(self, schemas: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
        """Every table of the schemas, its rows in order, without the columns that name the load."""
        with duckdb.connect(self.warehouse, read_only=True) as connection:
            return dump(connection, schemas)


def dump(
    connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]
) -> dict[str, list[tuple[object, ...]]]:
    names = connection.execute(
        "select schema_name, table_name from duckdb_tables() where list_contains(?, schema_name)",
        [list(schemas)],
    ).fetchall()
    return {
        f"{schema}.{table}": connection.sql(
            f"select columns(c -> not list_contains({list(OURS)}, c))"
            f' from "{schema}"."{table}" order by all'
        ).fetchall()
        for schema, table in sorted(names)
    }


@contextmanager
def playground(home: Path, store: Path) -> Iterator[Playground]:
    with served(store, home) as environment:
        yield Playground(home, store, environment)
