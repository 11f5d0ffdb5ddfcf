"""Whose working days are counted: a country without a calendar ends the build and says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("dbt_build")

PROJECT = Path(__file__).parents[2] / "dbt_project"
CORE = Path("models") / "marts" / "core"


@pytest.fixture
def calendar_alone(tmp_path: Path) -> Path:
    """A project of the holidays, a calendar of one day, and the model of working days."""
    project = tmp_path / "project"
    for folder in ("macros", "seeds/calendar", "tests/generic"):
        shutil.copytree(PROJECT / folder, project / folder)
    (project / CORE).mkdir(parents=True)
    shutil.copy(PROJECT / CORE / "dim_working_day.sql", project / CORE)
    day = "select cast('2026-11-02' as date) as date_day, false as is_weekend"
    (project / CORE / "dim_date.sql").write_text(day)
    (project / "dbt_project.yml").write_text(
        "name: sales_heartbeat\nprofile: sales_heartbeat\nvars: {business_country: US}\n"
        "models: {+materialized: table}\n"
    )
    return project


def _build(project: Path, country: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dbt.cli.main", "--no-version-check", "build"]
    command += ["--project-dir", str(project), "--profiles-dir", str(PROJECT)]
    command += ["--vars", json.dumps({"business_country": country})]
    warehouse = str(project / "warehouse.duckdb")
    return subprocess.run(
        command,
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": warehouse},
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("country", "message"),
    [
        ("XX", "business_country has no calendar"),
        ("Brazil", "business_country is two letters of ISO 3166, like BR, not 'BRAZIL'"),
        ("", "business_country is two letters of ISO 3166, like BR, not ''"),
    ],
)
def test_an_unknown_country_ends_the_build(
    calendar_alone: Path, country: str, message: str
) -> None:
    done = _build(calendar_alone, country)
    assert done.returncode != 0
    assert message in done.stdout


def test_a_known_country_builds(calendar_alone: Path) -> None:
    done = _build(calendar_alone, "br")
    assert done.returncode == 0, done.stdout
