"""Every published KPI beside one that was counted without the warehouse.

    python -m tests.oracle --seed 7 --deals 600
    python -m tests.oracle --published FILE --store FILE

Prints per KPI how many rows were compared and how many differ; ends with 1 when any does, or when a
KPI of the families has no row at all.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from orchestration.local import company_file, published_file
from tests.oracle.compare import Result, compare
from tests.oracle.families import FAMILIES
from tests.oracle.world import COUNTRY, read


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.oracle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, nargs="+", default=[7])
    parser.add_argument("--deals", type=int, nargs="+", default=[600])
    parser.add_argument("--published", type=Path, help="the file of a run that there is already")
    parser.add_argument("--store", type=Path, help="the company of that run")
    parser.add_argument("--family", choices=sorted(FAMILIES), nargs="+", default=list(FAMILIES))
    parser.add_argument("--fiscal-start", type=int, default=1, help="first month of the year")
    parser.add_argument("--country", default=COUNTRY, help="the run's business country")
    parser.add_argument("--show", type=int, default=3, help="differences shown per KPI")
    parser.add_argument(
        "--present-only", action="store_true", help="a KPI without rows is no difference"
    )
    chosen = parser.parse_args(arguments)
    if (chosen.published is None) != (chosen.store is None):
        parser.error("--published and --store go together")
    if chosen.published is not None:
        return int(_check(chosen.published, chosen.store, chosen) > 0)
    failed = 0
    for deals in chosen.deals:
        for seed in chosen.seed:
            print(f"\nseed {seed}, {deals:,} deals")
            failed += _on_a_company_of_its_own(seed, deals, chosen)
    return int(failed > 0)


def _on_a_company_of_its_own(seed: int, deals: int, chosen: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
        home = Path(folder)
        command = [sys.executable, "-m", "orchestration.demo", "--home", folder]
        run = subprocess.run(
            [*command, "--deals", str(deals), "--seed", str(seed)],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if not published_file(home).exists():
            print(run.stdout[-4000:])
            print("the demo published nothing")
            return 1
        return _check(published_file(home), company_file(home), chosen)


def _check(published: Path, store: Path, chosen: argparse.Namespace) -> int:
    started = time.monotonic()
    world, calendar = read(store, fiscal_start=chosen.fiscal_start, country=chosen.country)
    rows = (row for name in chosen.family for row in FAMILIES[name](world, calendar))
    results = compare(published, rows)
    _show(results, chosen.show)
    absent = [result.kpi_id for result in results if result.is_absent]
    differing = sum(1 for result in results if result.differences)
    compared = sum(result.compared for result in results)
    print(
        f"{compared:,} rows of {len(results) - len(absent)} KPIs compared in"
        f" {time.monotonic() - started:.0f} s; {differing} KPIs differ, {len(absent)} have no rows"
    )
    return differing + (0 if chosen.present_only else len(absent))


def _show(results: Sequence[Result], limit: int) -> None:
    print(f"{'KPI':<40}{'rows':>9}{'differ':>8}")
    for result in results:
        if result.is_absent:
            print(f"{result.kpi_id:<40}{'no rows published':>17}")
            continue
        places = Counter(f"{one.key[1]} {one.key[3]}" for one in result.differences)
        where = ", ".join(f"{name} {count:,}" for name, count in places.most_common(4))
        print(f"{result.kpi_id:<40}{result.compared:>9,}{len(result.differences):>8,}  {where}")
        for one in result.differences[:limit]:
            print(f"    {' '.join(map(str, one.key[1:]))}")
            print(f"      published {_text(one.published)}\n      expected  {_text(one.expected)}")


def _text(values: Sequence[object] | None) -> str:
    if values is None:
        return "no row"
    return " | ".join("-" if value is None else str(value) for value in values)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
