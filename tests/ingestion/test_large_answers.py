"""Portals with very many properties, queries of many pages, downloads that break off."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.engine.landing import Manifest, folders, read_manifest
from ingestion.run import Home
from ingestion.sources.salesforce import bulk
from sandbox.salesforce import rows as salesforce_rows
from sandbox.store import HubspotDocument, Store
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]
MANY = [f"measured_by_the_plant_in_line_{number:04d}" for number in range(900)]


def _manifest(home: Home, source: str, entity: str) -> Manifest:
    (folder,) = folders(home.landing, source, entity)
    return read_manifest(folder)


def _add_many_properties(store: Path) -> None:
    """Nine hundred more properties of deals; each deal has a value of the first and the last."""
    with Store(store) as opened:
        opened.put(
            HubspotDocument(
                "property:deals",
                name,
                1000 + position,
                0,
                json.dumps(
                    {"name": name, "label": name, "type": "string", "fieldType": "text"}
                    | {"groupName": "dealinformation", "calculated": False, "archived": False}
                ),
            )
            for position, name in enumerate(MANY)
        )
        opened.commit()
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update hs_object set properties = json_set(properties, '$.' || ?, 'first ' || id, "
            "'$.' || ?, 'last ' || id) where type = 'deals'",
            [MANY[0], MANY[-1]],
        )


def test_a_list_whose_address_would_be_too_long_is_read_by_id(
    store: Path, serve: Serve, tmp_path: Path
) -> None:
    narrow, wide = Home(tmp_path / "narrow"), Home(tmp_path / "wide")
    served = serve(store)
    pull(served, narrow, "hubspot", "deals")
    _add_many_properties(store)
    ((landed,), (loaded,)) = pull(served, wide, "hubspot", "deals")
    assert (landed.status, loaded.status) == ("landed", "loaded"), loaded.reason
    assert {page.kind for page in _manifest(wide, "hubspot", "deals").pages} == {
        "batched",
        "associations",
    }
    with duckdb.connect() as connection:
        for home in (narrow, wide):
            connection.execute(f"attach '{home.warehouse}' as {home.root.name} (read_only)")
        for table in ("deals", "property_history", "associations"):
            names = [
                name
                for (name,) in connection.execute(
                    "select column_name from duckdb_columns() where database_name = 'narrow' "
                    "and table_name = ?",
                    [table],
                ).fetchall()
                if not name.startswith("_")
            ]
            listed = ", ".join(f'"{name}"' for name in names)
            live = {
                "deals": "not archived",
                "property_history": "true",
                # A batch of links is not to be had for archived records.
                "associations": "from_id in (select id from narrow.raw_hubspot.deals "
                "where not archived)",
            }[table]
            one, other = (
                connection.execute(
                    f"select {listed} from {home.root.name}.raw_hubspot.{table} where {live} "
                    "order by all"
                ).fetchall()
                for home in (narrow, wide)
            )
            assert one, table
            assert one == other, table
        values = connection.execute(
            f"select count(*), count(*) filter ({MANY[0]} = 'first ' || id "
            f"and {MANY[-1]} = 'last ' || id and {MANY[1]} is null) from wide.raw_hubspot.deals"
        ).fetchone()
    assert values is not None
    assert values[0] == values[1] > 0


@pytest.fixture
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salesforce_rows, "_FULL_PAGE", 20)
    monkeypatch.setattr(salesforce_rows, "_LONG_TEXT_PAGE", 20)


@pytest.mark.usefixtures("_short_pages")
def test_a_query_forgotten_between_two_pages_is_begun_again(
    company: Path, serve: Serve, tmp_path: Path
) -> None:
    served = serve(company)
    calm, disturbed = Home(tmp_path / "calm"), Home(tmp_path / "disturbed")
    pull(served, calm, "salesforce", "accounts")
    undisturbed = _manifest(calm, "salesforce", "accounts")
    assert len(undisturbed.pages) > 2
    body = '[{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]'
    served.fault(
        path=r"/query(All)?/[^/]+$", kind="status", status=400, body=body, times=1, after=1
    )
    ((landed,), _) = pull(served, disturbed, "salesforce", "accounts")
    assert landed.status == "landed", landed.reason
    manifest = _manifest(disturbed, "salesforce", "accounts")
    # Two pages, the refusal, then all pages: what came before the refusal is not kept.
    assert manifest.requests == undisturbed.requests + 3
    assert [page.rows for page in manifest.pages] == [page.rows for page in undisturbed.pages]
    assert contents(disturbed) == contents(calm)


@pytest.mark.usefixtures("_short_pages")
def test_a_query_that_is_forgotten_every_time_is_given_up(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    body = '[{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]'
    served.fault(path=r"/query(All)?/[^/]+$", kind="status", status=400, body=body)
    ((landed,), loaded) = pull(served, home, "salesforce", "accounts")
    assert landed.status == "failed"
    assert "forgotten" in str(landed.reason)
    assert loaded == []
    assert list((home.landing / "salesforce" / "accounts").iterdir()) == []


SHORT_ANSWER = {
    "kind": "status",
    "status": 200,
    "body": '"Id"\n"001000000000001AAA"\n',
    "headers": {"Sforce-NumberOfRecords": "40", "Sforce-Locator": "null"},
}


@pytest.mark.parametrize(
    "fault", [{"kind": "cut"}, {"kind": "drop"}, SHORT_ANSWER], ids=["cut", "drop", "short"]
)
def test_a_bulk_result_of_several_pages_survives_a_broken_download(
    company: Path,
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, object],
) -> None:
    served = serve(company)
    by_rest, by_bulk = Home(tmp_path / "rest"), Home(tmp_path / "bulk")
    pull(served, by_rest, "salesforce", "tasks")
    monkeypatch.setattr(bulk, "RESULT_ROWS", 40)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    served.fault(path=r"/jobs/query/[^/]+/results", times=1, after=1, **fault)
    ((landed,), _) = pull(served, by_bulk, "salesforce", "tasks")
    assert landed.status == "landed", landed.reason
    pages = _manifest(by_bulk, "salesforce", "tasks").pages
    assert {page.format for page in pages} == {"csv"}
    assert len(pages) > 2
    assert all(page.rows == 40 for page in pages[:-1])
    assert sum(page.rows for page in pages) == landed.rows
    assert contents(by_bulk) == contents(by_rest)
