"""The main job on two real org exports: its counts and sums equal plain SQL over the files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from sandbox.connection import environment
from tests.e2e.playground import ROOT

EXPORTS = ROOT.parent / "shared" / "data" / "salesforce_export_sfdc_assets"
TABLES = {
    "Account": "accounts",
    "Campaign": "campaigns",
    "CampaignMember": "campaign_members",
    "Case": "cases",
    "Contact": "contacts",
    "Lead": "leads",
    "Opportunity": "opportunities",
    "Task": "tasks",
}

pytestmark = [
    pytest.mark.skipif(not EXPORTS.exists(), reason="the real exports are not on this machine"),
    pytest.mark.xdist_group("export"),
]


@contextmanager
def served_folder(folder: Path, store: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sandbox", "serve", "--store", str(store), "--port", "0"),
            *("--limits", "off", "--salesforce", str(folder)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://[^\s/]+", process.stdout.readline())
        assert found is not None
        yield found.group(0)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.parametrize("name", [".", "gen-ai-demo"])
def test_counts_and_sums_equal_plain_sql_over_the_files(name: str, tmp_path: Path) -> None:
    folder, home = EXPORTS / name, tmp_path / "home"
    with served_folder(folder, tmp_path / "org.sqlite") as url:
        variables = {
            key: value
            for key, value in environment(url).items()
            if key.startswith("SALESFORCE")  # one CRM is enough
        }
        done = subprocess.run(
            [
                *(sys.executable, "-m", "orchestration.run"),
                *("--no-history", "--as-of", "2026-11-21T00:00:00Z"),
            ],
            cwd=ROOT,
            env={**os.environ, **variables, "SALES_HEARTBEAT_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home / 'warehouse.duckdb'}' as warehouse (read_only)")
        for sobject, table in TABLES.items():
            file = folder / f"{sobject}.csv"
            if file.exists():
                assert (
                    connection.execute(
                        f"select count(*) from warehouse.raw_salesforce.{table}"
                    ).fetchone()
                    == connection.execute(
                        f"select count(*) from read_csv('{file}', all_varchar=true)"
                    ).fetchone()
                ), sobject
        expected = connection.execute(
            f"""
            select count(*), sum(cast(Amount as decimal(18, 2))),
                count(*) filter (where IsWon = '1'),
                sum(cast(Amount as decimal(18, 2))) filter (where IsWon = '1'),
                count(*) filter (where IsClosed = '1' and coalesce(IsWon, '') <> '1')
            from read_csv('{folder / "Opportunity.csv"}', all_varchar=true)
            """
        ).fetchone()
        connection.execute(
            f"attach '{home / 'published' / 'sales_heartbeat.duckdb'}' as published (read_only)"
        )
        published = connection.execute(
            """
            select count(*), sum(amount), count(*) filter (where is_won),
                sum(amount) filter (where is_won), count(*) filter (where is_lost)
            from published.pub_opportunities
            """
        ).fetchone()
        assert published == expected
        won = connection.execute(
            """
            select sum(value) from published.pub_kpi_values
            where kpi_id = 'sales_amount' and dimension = 'total' and period_grain = 'year'
            """
        ).fetchone()
        assert expected is not None
        assert won == (expected[3],)
