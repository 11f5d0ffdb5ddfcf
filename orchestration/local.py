"""The invented company as a stand-in for a CRM account: made once, served while something runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

DEMO_HOME = Path("var/demo")
CREDENTIALS = (
    "HUBSPOT_ACCESS_TOKEN",
    "HUBSPOT_REFRESH_TOKEN",
    "SALESFORCE_CLIENT_SECRET",
    "SALESFORCE_PRIVATE_KEY_FILE",
    "SALESFORCE_REFRESH_TOKEN",
)


def published_file(home: Path) -> Path:
    """The read-only DuckDB file that BI tools open."""
    return home / "published" / "sales_heartbeat.duckdb"


def company_file(home: Path) -> Path:
    return home / "sandbox" / "company.sqlite"


def has_credentials(environment: Mapping[str, str]) -> bool:
    """True when at least one CRM account is named; then the invented company stays out of it."""
    return any(environment.get(name) for name in CREDENTIALS)


def make_company(store: Path, *, deals: int, seed: int) -> bool:
    """Generate the company unless its file is there already; returns whether it was made."""
    from sandbox.company import generate

    if store.exists():
        return False
    beside = store.with_suffix(".making")
    beside.unlink(missing_ok=True)
    generate(beside, deals=deals, seed=seed)
    beside.replace(store)
    return True


def clock(store: Path) -> datetime:
    """The company's present instant."""
    from sandbox.store import Store

    with Store(store, read_only=True) as opened:
        return datetime.fromtimestamp(opened.now() / 1000, UTC)


def company_timezone(store: Path) -> str:
    from sandbox.store import Store

    with Store(store, read_only=True) as opened:
        return opened.meta("timezone") or "UTC"


def spreadsheets_folder(store: Path) -> Path:
    """Where the company keeps its spreadsheets."""
    return store.parent / "spreadsheets"


def write_spreadsheets(store: Path) -> None:
    """The company's spreadsheets as they are at its present instant."""
    from sandbox.company.org import organisation
    from sandbox.company.spreadsheet_files import write
    from sandbox.store import Store

    with Store(store, read_only=True) as opened:
        seed = int(opened.meta("seed") or 0)
    write(spreadsheets_folder(store), organisation(seed), clock(store))


@contextmanager
def served(store: Path, home: Path) -> Iterator[dict[str, str]]:
    """Serve the vendors' APIs from the store, and write the spreadsheets beside it; yields the
    environment of a run that reads them."""
    from sandbox.connection import environment

    write_spreadsheets(store)
    command = [sys.executable, "-m", "sandbox", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--limits", "off"], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[^\s/]+", line)
        if found is None:
            raise RuntimeError(f"the sandbox did not start: it said {line.strip()!r}")
        yield {
            **environment(found.group(0)),
            "SALES_HEARTBEAT_HOME": str(home),
            "SALES_HEARTBEAT_AS_OF": clock(store).isoformat(),
            "SALES_HEARTBEAT_TIMEZONE": company_timezone(store),
            "SALES_HEARTBEAT_CURRENCY": "USD",
            "SALES_HEARTBEAT_COUNTRY": "BR",  # where most of its people work
            "SALES_HEARTBEAT_SECTOR": "SaaS",
            "SPREADSHEETS_FOLDER": str(spreadsheets_folder(store)),
            "HUBSPOT_SEARCH_PER_SECOND": "50",  # this portal is ours: no other app shares its limit
        }
    finally:
        process.terminate()
        process.wait(timeout=10)
