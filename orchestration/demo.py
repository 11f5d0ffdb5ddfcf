"""`make demo`: invent a company, serve its CRMs and spreadsheets, run the main job, show numbers beside the truth."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.golden import Difference, Golden, Key, Number, differences, published_values
from orchestration.local import DEMO_HOME, company_file, make_company, published_file, served

if TYPE_CHECKING:
    from orchestration.run import Summary

SHOWN = (
    "deals_won",
    "sales_amount",
    "win_rate",
    "average_deal_size",
    "sales_cycle_days",
    "leads_created",
    "lead_conversion_rate_cohort",
    "qualified_lead_rate",
    "open_pipeline_count",
    "open_pipeline",
    "activities_completed",
    "attainment",
    "retention_rate",
    "repeat_customer_rate",
    "csat",
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--deals", type=int, default=6000, help="how large the company is")
    parser.add_argument("--seed", type=int, default=7, help="which company it is")
    parser.add_argument("--home", type=Path, default=DEMO_HOME, help="where its files go")
    chosen = parser.parse_args(arguments)

    started = time.monotonic()
    store = company_file(chosen.home)
    if make_company(store, deals=chosen.deals, seed=chosen.seed):
        print(f"invented a company in {time.monotonic() - started:.0f} s: {store}")
    else:
        print(f"the invented company is there already: {store}")
    with served(store, chosen.home) as environment:
        os.environ.update(environment)
        from orchestration.run import execute

        summary = execute(
            "heartbeat", dagster_home=chosen.home / "dagster", log=chosen.home / "run.log"
        )
    _show_run(summary)
    if not summary.success:
        print(f"\nThe run failed; `make up` shows why (run {summary.run_id}).")
        return 1

    from sandbox.company import truth

    rows = list(truth(store))
    path = published_file(chosen.home)
    compared, found = differences(path, rows)
    _show_numbers(path, rows)
    _show_end(compared, found, time.monotonic() - started, path)
    return 1 if found else 0


def _show_run(summary: Summary) -> None:
    print(f"\n{'source':<14}{'entity':<28}{'rows':>9}{'requests':>10}  status")
    for one in sorted(summary.pulled, key=lambda one: (one.source, one.entity)):
        print(
            f"{one.source:<14}{one.entity:<28}{one.rows:>9,}{one.requests:>10,}"
            f"  {'' if one.status == 'landed' else one.status}"
        )
    for source, count in summary.requests.items():
        total = sum(one.rows for one in summary.pulled if one.source == source)
        print(f"{source:<14}{'all':<28}{total:>9,}{count:>10,}")
    print(f"\nchecks: {summary.checks_passed} passed, {len(summary.checks_failed)} failed")
    for name in (*summary.checks_failed, *summary.steps_failed):
        print(f"  failed: {name}")
    slowest = sorted(summary.step_seconds.items(), key=lambda item: -item[1])[:5]
    print("slowest steps: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in slowest))


def _show_numbers(path: Path, rows: Sequence[Golden]) -> None:
    """The last complete quarter, or month where the KPI has no quarter."""
    published = published_values(path)
    golden = {
        (row.kpi_id, row.period_grain, row.period_start, row.dimension, row.dimension_value): row
        for row in rows
    }
    totals = [key for key in golden if key[3] == "total" and key[1] == "quarter"]
    quarter = sorted({key[2] for key in totals})[-2]
    print(f"\n{'KPI, quarter from ' + quarter.isoformat():<44}{'published':>20}{'golden':>20}")
    for kpi in SHOWN:
        key = _total(kpi, quarter, golden)
        if key is None:
            continue
        values = published.get(key)
        print(f"{kpi:<44}{_text(values[2] if values else None):>20}{_text(golden[key].value):>20}")


def _total(kpi: str, start: date, golden: dict[Key, Golden]) -> Key | None:
    return next(
        (key for key in golden if key[0] == kpi and key[1:4] == ("quarter", start, "total")),
        None,
    )


def _text(value: Number) -> str:
    if value is None:
        return "-"
    number = float(value)
    return (
        f"{number:,.2f}"
        if abs(number) >= 100 and number % 1
        else f"{number:,.4g}"
        if number % 1
        else f"{number:,.0f}"
    )


def _show_end(compared: int, found: Sequence[Difference], seconds: float, path: Path) -> None:
    if found:
        print(f"\n{len(found)} of {compared:,} golden numbers differ; the first ones:")
        for one in found[:10]:
            print(f"  {one.key}: published {one.published}, golden {one.golden}")
    else:
        print(f"\nall {compared:,} golden numbers equal the published ones")
    peak = max(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    )
    print(f"took {seconds:.0f} s; the largest process had {peak / 1024:,.0f} MB")
    print("\nAsk the published file:")
    print(
        '  make query ARGS="select period_start, value from pub_kpi_values'
        " where kpi_id = 'sales_amount' and dimension = 'total'"
        " and period_grain = 'month' order by 1\""
    )
    print(f"  or open {path} with any DuckDB client")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
