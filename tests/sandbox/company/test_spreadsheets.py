"""The invented company's spreadsheets: the reader finds in them what the company knows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.run import SOURCES, Home, land, load
from sandbox.company import DEFAULT_NOW
from sandbox.company.org import organisation
from sandbox.company.spreadsheet_files import files, write
from sandbox.company.spreadsheets import rows

ORG = organisation(7)
RENAMED = {"scope_name": "scope_text"}


def _plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write(folder / "sheets", ORG, DEFAULT_NOW)
    home = Home(folder / "home")
    names = list(SOURCES["spreadsheets"].entities)
    settings = {"SPREADSHEETS_FOLDER": str(folder / "sheets")}
    land("spreadsheets", names, settings=settings, home=home, mode="incremental")
    load("spreadsheets", names, home=home)
    return home.warehouse


@pytest.mark.parametrize("kind", rows(ORG, DEFAULT_NOW))
def test_raw_holds_what_the_company_knows(kind: str, warehouse: Path) -> None:
    known = rows(ORG, DEFAULT_NOW)[kind]
    columns = [RENAMED.get(name, name) for name in known[0]]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            f"select {', '.join(columns)} from raw_spreadsheets.{kind} where not _is_deleted"
        ).fetchall()
    assert Counter(tuple(map(_plain, row)) for row in found) == Counter(
        tuple(_plain(Decimal(value) if isinstance(value, int) else value) for value in row.values())
        for row in known
    )


def test_some_rows_are_wrong_on_purpose_and_none_is_lost(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        aside = connection.execute("select kind from raw_spreadsheets.quarantine").fetchall()
        told = connection.execute(
            "select count(*) filter (rows_read <> rows_loaded + rows_quarantined), "
            "sum(rows_quarantined), count(*) filter (status <> 'read') from raw_spreadsheets.files"
        ).fetchone()
    assert told == (0, len(aside), 0)
    assert len({kind for (kind,) in aside}) >= 6


def test_the_same_company_and_instant_give_the_same_bytes(tmp_path: Path) -> None:
    assert files(ORG, DEFAULT_NOW) == files(ORG, DEFAULT_NOW)
    write(tmp_path, ORG, DEFAULT_NOW)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    write(tmp_path, ORG, DEFAULT_NOW)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_what_is_not_known_yet_is_not_told() -> None:
    early = rows(ORG, datetime(2025, 2, 1, 12, tzinfo=UTC))
    assert max(row["session_on"] for row in early["web_sessions"]) == date(2025, 1, 31)  # type: ignore[type-var]
    assert early["campaign_spend"] == []
    assert early["returns"] == []
    assert {row["valid_from"] for row in early["product_costs"]} == {date(2024, 1, 1)}


def test_no_sales_target_is_of_a_rep() -> None:
    """Those stand in the CRMs, and attainment counts them there."""
    assert {row["scope"] for row in rows(ORG, DEFAULT_NOW)["targets"]} == {"team", "total"}
