"""How long the models take on a large company: whole build, and build after a small change.

Prints the sizes, the seconds, the peak memory, the time around the SQL and the slowest models.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tests.benchmarks.ingestion.measure import Measured, run
from tests.benchmarks.transform.multiply import change, multiply

AS_OF = "2026-11-03T15:00:00Z"
PROJECT = Path("dbt_project")
SIZES = (
    ("deals", "intermediate.int_crm__opportunities"),
    ("versions of deals", "intermediate.int_crm__opportunity_versions"),
    ("activities", "intermediate.int_crm__activities"),
    ("people", "intermediate.int_crm__people"),
    ("KPI values", "kpi.fct_kpi_values"),
)
CHANGES = """
    select (select count(*) from raw_hubspot.property_history where object_type = 'deals')
        + (select 3 * count(*) from raw_salesforce.opportunity_history)
"""


@dataclass(frozen=True)
class Build:
    measured: Measured
    inside: float  # seconds in which at least one model or test was under way
    models: list[tuple[float, str]]  # seconds and name, slowest first


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.transform", description=__doc__
    )
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--base", type=int, default=600, help="deals of the company multiplied")
    parser.add_argument("--changed", type=float, default=0.001, help="share of the deals")
    parser.add_argument("--memory", default="5GB", help="DuckDB's memory limit")
    parser.add_argument("--command", default="run", choices=("run", "build"))
    parser.add_argument("--keep", action="store_true", help="use the large warehouse again")
    parser.add_argument("--select", help="models only, in dbt's words")
    parser.add_argument("--home", type=Path, default=Path("var/benchmarks/transform"))
    options = parser.parse_args()
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, "
        f"load before {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}",
        flush=True,
    )
    options.home.mkdir(parents=True, exist_ok=True)
    warehouse = options.home / "large.duckdb"
    if not (options.keep and warehouse.exists()):
        multiply(_base(options), warehouse, max(round(options.deals / options.base), 1))
    whole = _build(options, warehouse, "whole")
    _print_sizes(warehouse)
    moved = change(warehouse, options.changed)
    after = _build(options, warehouse, "after a change")
    print(f"\n{moved:,} deals changed")
    print(f"after a change / whole: {after.measured.seconds / whole.measured.seconds:.2f}")
    return 0


def _base(options: argparse.Namespace) -> Path:
    home = options.home / f"company-{options.base}"
    base = home / "warehouse.duckdb"
    if not base.exists():
        command = [sys.executable, "-m", "orchestration.demo", "--home", str(home)]
        subprocess.run(
            [*command, "--deals", str(options.base)], check=True, stdout=subprocess.DEVNULL
        )
    return base


def _build(options: argparse.Namespace, warehouse: Path, name: str) -> Build:
    target = options.home / "dbt"
    shutil.rmtree(target, ignore_errors=True)
    variables = {"as_of": AS_OF, "business_timezone": "America/Sao_Paulo"}
    command = [str(Path(sys.executable).with_name("dbt")), options.command]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(target.resolve()), "--log-path", str(target.resolve())]
    command += ["--vars", json.dumps(variables)]
    if options.command == "run":
        seeds = [*command]
        seeds[1] = "seed"
        subprocess.run(seeds, check=True, env=_env(options, warehouse), stdout=subprocess.DEVNULL)
    if options.select:
        command += ["--select", options.select]
    measured = run(command, env=_env(options, warehouse), most_seconds=7200)
    build = _read(measured, target / "run_results.json")
    share = 1 - build.inside / measured.seconds
    print(
        f"\n{name}: {measured.seconds:,.0f} s, {measured.cpu:,.0f} CPU-s, "
        f"peak {measured.peak:,.0f} MB, around the SQL {share:.0%}"
    )
    for seconds, model in build.models[:10]:
        print(f"  {seconds:>8.1f} s  {model}")
    sys.stdout.flush()
    return build


def _env(options: argparse.Namespace, warehouse: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SALES_HEARTBEAT_WAREHOUSE": str(warehouse.resolve()),
        "SALES_HEARTBEAT_DUCKDB_MEMORY": options.memory,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _read(measured: Measured, results: Path) -> Build:
    if measured.code != 0 or not results.exists():
        print(measured.out[-4000:], measured.err[-2000:], file=sys.stderr)
        raise SystemExit(1)
    nodes = json.loads(results.read_text(encoding="utf-8"))["results"]
    spans = []
    models = []
    for node in nodes:
        for part in node["timing"]:
            if part["name"] == "execute" and part["completed_at"]:
                begun = datetime.fromisoformat(part["started_at"]).timestamp()
                ended = datetime.fromisoformat(part["completed_at"]).timestamp()
                spans.append((begun, ended))
                models.append((ended - begun, node["unique_id"].rsplit(".", 1)[-1]))
    return Build(measured, _covered(spans), sorted(models, reverse=True))


def _covered(spans: list[tuple[float, float]]) -> float:
    """Seconds that lie in at least one span."""
    covered, until = 0.0, 0.0
    for begun, ended in sorted(spans):
        covered += max(ended - max(begun, until), 0)
        until = max(until, ended)
    return covered


def _print_sizes(warehouse: Path) -> None:
    with duckdb.connect(warehouse, read_only=True) as connection:
        print()
        for name, relation in SIZES:
            row = connection.execute(f"select count(*) from {relation}").fetchone()
            print(f"  {row[0] if row else 0:>12,}  {name}")
        row = connection.execute(CHANGES).fetchone()
        print(f"  {row[0] if row else 0:>12,}  changes of deals in raw")


if __name__ == "__main__":
    sys.exit(main())
