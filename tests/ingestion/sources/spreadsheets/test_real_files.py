"""Files that others have made. They are no part of the project: skipped where they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.sources.spreadsheets.files import FileRead, read
from tests.ingestion.sources.spreadsheets.conftest import Desk, bad, good

SHARED = Path(__file__).parents[5] / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not here")


def of(name: str) -> FileRead:
    path = SHARED / name
    return read(path.name, "", path.read_bytes(), None)


def test_a_column_a_month_in_utf_16_with_dashes_for_none() -> None:
    found = of("adventureworks/ResellerSalesTargets.csv")
    rows = good(found)
    assert found.kinds == {"targets"}
    assert bad(found) == []
    assert len(rows) == 809
    assert {row["scope"] for row in rows} == {"owner"}
    first = min(rows, key=lambda row: (str(row["period_start"]), int(str(row["scope_text"]))))
    assert (first["scope_text"], first["period_start"], first["target_value"]) == (
        "61161660", "2017-07-01", "200",
    )  # fmt: skip


def test_without_a_header_nothing_says_what_a_column_is() -> None:
    found = of("adventureworks/SalesPersonQuotaHistory.csv")
    assert found.refused is not None
    assert "no row holds its headers" in found.refused


def test_with_a_header_the_same_quotas_are_read() -> None:
    content = (SHARED / "adventureworks/SalesPersonQuotaHistory.csv").read_bytes()
    header = b"id\tSalesPersonID\tQuotaDate\tSalesQuota\trowguid\tModifiedDate\r\n"
    found = read("SalesPersonQuotaHistory.csv", "", header + content, None)
    rows = good(found)
    assert len(rows) == len(content.splitlines())
    assert bad(found) == []
    assert (rows[0]["scope_text"], rows[0]["period_start"], rows[0]["target_value"]) == (
        "274", "2011-05-01", "28000",
    )  # fmt: skip


def test_year_and_month_apart_and_the_currency_in_the_header() -> None:
    found = of("tradeflow_fmcg/Targets.csv")
    rows = good(found)
    assert (len(rows), bad(found)) == (180, [])
    assert {(row["scope"], row["currency_code"]) for row in rows} == {("segment", "NGN")}
    assert (rows[0]["scope_text"], rows[0]["period_start"], rows[0]["target_value"]) == (
        "Lagos", "2022-01-01", "7834967",
    )  # fmt: skip


def test_dirty_order_lines_are_all_accounted_for(desk: Desk) -> None:
    content = (SHARED / "tradeflow_fmcg/Sales.csv").read_bytes()
    (desk.folder / "Sales.csv").write_bytes(content)
    desk.pull("manual_sales")
    assert desk.rows("select rows_read, rows_loaded, rows_quarantined from files") == [
        (4501, 4498, 3)
    ]
    assert desk.rows("select sheet_row, reason from quarantine order by 1") == [
        (113, "neither an amount nor a quantity with a unit price"),
        (781, "row 782 stands for the same and comes later: that one counts"),
        (1003, "neither an amount nor a quantity with a unit price"),
    ]
    assert desk.rows("select count(*) from manual_sales where region = 'PH'")[0][0] > 0
    total = desk.rows(
        "select sum(quantity::bigint * unit_price::bigint) from manual_sales where sheet_row < 5"
    )
    assert total == [(47 * 1100 + 66 * 220 + 89 * 480,)]
