"""How fast an account is read, by us and by others, on one machine, in one run and in turn.

Peers are installed from the package registry into environments of their own under --cache.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.ingestion import hubspot, salesforce
from tests.benchmarks.ingestion.race import Options, Race
from tests.benchmarks.ingestion.report import print_table
from tests.benchmarks.ingestion.stage import BenchmarkError

_CRM = {"hubspot": hubspot.run, "salesforce": salesforce.run}


def main() -> int:
    options = _options()
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    race = Race(options)
    try:
        _CRM[options.crm](race)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print_table(race)
    if options.json is not None:
        options.json.write_text(json.dumps(race.as_json(), indent=1), encoding="utf-8")
    # A contestant of ours that lost rows is no result.
    return 1 if any(result.is_wrong and result.is_ours for result in race.results) else 0


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.ingestion", description=__doc__
    )
    parser.add_argument("--crm", choices=list(_CRM), default="hubspot")
    parser.add_argument("--deals", type=int, default=10_000, help="deals, or opportunities")
    parser.add_argument("--activities", type=int, default=40_000)
    parser.add_argument("--properties", type=int, default=40, help="of a deal")
    parser.add_argument("--connections", default="1,4", help="of ours and of the bare loop")
    parser.add_argument("--peers", default="all", help="names with commas, all or none")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the median counts")
    parser.add_argument("--peer-repeat", type=int, default=1, help="runs of each peer")
    parser.add_argument("--changed", type=float, default=0.001, help="share for the incremental")
    parser.add_argument("--history", action="store_true", help="ours reads property history too")
    parser.add_argument("--profile", action="store_true", help="seconds of our stages")
    parser.add_argument("--most-seconds", type=float, default=3600, help="of one run")
    parser.add_argument("--cache", type=Path, default=Path("var/benchmarks/ingestion"))
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    told = vars(parser.parse_args())
    connections = tuple(int(text) for text in told.pop("connections").split(","))
    return Options(**told | {"connections": connections, "cache": told["cache"].absolute()})


if __name__ == "__main__":
    sys.exit(main())
