"""A home of its own, a served company, and the real command run on them as operations would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

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

    def start(self, said: int | IO[str] = subprocess.PIPE, **more: str) -> subprocess.Popen[str]:
        """The main job in a process of its own, in a group of its own, as of the company's clock,
        with more in its environment. Who does not read along gives it a file to write to: it says
        more than a pipe holds."""
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "orchestration.run"),
                *("--no-history", "--as-of", clock(self.store).isoformat()),
            ],
            cwd=ROOT,
            env={**os.environ, **self.environment, **more},
            stdout=said,
            stderr=said,
            text=True,
            start_new_session=True,
        )

    def run(self, **more: str) -> str:
        process = self.start(**more)
        out, err = process.communicate(timeout=900)
        assert process.returncode == 0, f"{out}\n{err[-4000:]}"
        return out

    def rebuilt(self, beside: Path, *, as_of: datetime, models: str = "*") -> Path:
        """A copy of the warehouse in which models were built once more, as of an instant."""
        beside.mkdir()
        copy = Path(shutil.copy(self.warehouse, beside / self.warehouse.name))
        variables = {
            "as_of": as_of.isoformat(),
            "business_timezone": self.environment["SALES_HEARTBEAT_TIMEZONE"],
            "business_country": self.environment["SALES_HEARTBEAT_COUNTRY"],
        }
        done = subprocess.run(
            [
                *(sys.executable, "-m", "dbt.cli.main", "run", "--vars", json.dumps(variables)),
                *("--select", models),
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

    def prints(self, schemas: Sequence[str]) -> dict[str, tuple[int, int]]:
        return prints(self.warehouse, schemas)


def prints(warehouse: Path, schemas: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Rows and a sum of their hashes, of each table and view; neither the order of the rows nor the
    columns that name the load have a part in it."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        names = connection.execute(
            "select distinct schema_name || '.' || table_name from duckdb_columns() "
            "where list_contains(?, schema_name) and database_name = current_database()",
            [list(schemas)],
        ).fetchall()
        found = {}
        for (name,) in sorted(names):
            row = connection.execute(
                "select count(*), sum(hash(t)) from "
                f"(select columns(c -> not list_contains({list(OURS)}, c)) from {name}) as t"
            ).fetchone()
            assert row is not None
            found[name] = row
        return found


@contextmanager
def playground(home: Path, store: Path) -> Iterator[Playground]:
    with served(store, home) as environment:
        yield Playground(home, store, environment)
