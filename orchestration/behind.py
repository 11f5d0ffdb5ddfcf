"""The rows behind a number, and those left out of it:
`python -m orchestration.behind sales_amount month 2026-10-01 [owner [<key>]] [--sql]`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.dbt_manifest import environment, executable
from orchestration.local import DEMO_HOME

PROJECT = Path(__file__).parents[1] / "dbt_project"
EVERY = "every"
WORDS = ("kpi_id", "period_grain", "period_start", "dimension", "dimension_key")


class NothingBehindError(Exception):
    """There is no such number, or nothing to ask; the message says which."""


def queries(home: Path) -> Path:
    """The folder of the compiled queries, one per family. They are compiled when they or the
    variables of the newest build are other than last time."""
    build = home / "dbt" / "target" / "run_results.json"
    if not build.exists():
        raise NothingBehindError(f"nothing was built in {home} yet: run `make demo` first")
    variables = json.dumps(json.loads(build.read_bytes())["args"]["vars"], sort_keys=True)
    digest = hashlib.sha256(variables.encode())
    for folder in ("analyses", "macros"):
        for path in sorted((PROJECT / folder).rglob("*.sql")):
            digest.update(path.read_bytes())
    target = home / "dbt" / "behind" / digest.hexdigest()[:16]
    if not target.exists():
        making = target.with_suffix(".making")  # whoever is killed leaves no half of them
        done = subprocess.run(
            [
                *(executable(), "compile", "--select", "path:analyses", "--vars", variables),
                *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
                *("--target-path", str(making), "--log-path", str(making)),
                "--no-populate-cache",
            ],
            env=environment(SALES_HEARTBEAT_WAREHOUSE=str(home / "warehouse.duckdb")),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NothingBehindError(f"dbt could not compile the queries:\n{done.stdout[-2000:]}")
        making.replace(target)
    return target / "compiled" / "sales_heartbeat" / "analyses"


def question(folder: Path, family: str, number: Mapping[str, str]) -> str:
    """The query of the family with the number in the place of its words."""
    sql = (folder / f"{family}_behind_a_number.sql").read_text()
    for word in WORDS:
        sql = sql.replace(f"'<{word}>'", "'" + number[word].replace("'", "''") + "'")
    return sql


def family_of(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> str:
    row = connection.execute("select family from kpi.dim_kpi where kpi_id = ?", [kpi_id]).fetchone()
    if row is None:
        raise NothingBehindError(f"there is no KPI {kpi_id}; see dbt_project/seeds/kpi")
    return str(row[0])


def look_for(connection: duckdb.DuckDBPyConnection, number: Mapping[str, str]) -> None:
    """No rows would look like a number of which nothing is known."""
    found = connection.execute(
        "select count(*) from kpi.fct_kpi_values where kpi_id = ? and period_grain = ? "
        "and cast(period_start as varchar) = ? and dimension = ? "
        "and cast(? as varchar) in (dimension_key, ?)",
        [*(number[word] for word in WORDS), EVERY],
    ).fetchone()
    if found == (0,):
        words = " ".join(number[word] for word in WORDS)
        raise NothingBehindError(
            f"there is no number {words}: see kpi_id, period_grain, period_start, dimension and "
            "dimension_key of pub_kpi_values"
        )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration.behind", description=__doc__)
    parser.add_argument("kpi_id")
    parser.add_argument("period_grain", choices=("day", "week", "month", "quarter", "year"))
    parser.add_argument("period_start", help="the period's first day, like 2026-10-01")
    parser.add_argument("dimension", nargs="?", default="total")
    parser.add_argument("dimension_key", nargs="?", default=EVERY)
    parser.add_argument("--sql", action="store_true", help="print the query, for a SQL client")
    chosen = parser.parse_args(arguments)
    # Whole paths: dbt takes others from its project.
    home = Path(os.environ.get("SALES_HEARTBEAT_HOME") or DEMO_HOME).resolve()
    try:
        folder = queries(home)
        with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            family = family_of(connection, chosen.kpi_id)
            look_for(connection, vars(chosen))
            sql = question(folder, family, vars(chosen))
            if chosen.sql:
                print(sql)
            else:
                connection.sql(sql).show(max_width=220, max_rows=10_000)
    except (NothingBehindError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
