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
from ingestion.sources.hubspot import route
from ingestion.sources.salesforce import bulk
from sandbox.salesforce import bulk as salesforce_bulk
from sandbox.salesforce import drifting as salesforce_drifting
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


def test_changes_and_sweeps_of_wide_records_ask_nothing_too_long(
    store: Path, serve: Serve, home: Home
) -> None:
    """All 900 are calculated, so that the sweep asks for each; every address stays below 16,000."""
    _add_many_properties(store)
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update hs_document set document = json_set(document, '$.fieldType', "
            "'calculation_equation') where kind = 'property:deals' and id in "
            "(select value from json_each(?))",
            [json.dumps(MANY)],
        )
    served = serve(store)
    pull(served, home, "hubspot", "deals")
    query = f"update hs_object set properties = json_set(properties, '$.{MANY[-1]}', ?)"
    changed = "where type = 'deals' and id = (select max(id) from hs_object where type = 'deals' and archived = 0)"  # fmt: skip
    with sqlite3.connect(store) as connection:
        (now,) = connection.execute("select value from meta where key = 'now_ms'").fetchone()
        connection.execute(f"{query}, updated_at = {now} - 1000 {changed}", ["loud"])
        connection.execute(
            "update hs_object set properties = json_remove(properties, '$.hs_lastmodifieddate') "
            f"{changed}"
        )
    ((landed,), (loaded,)) = pull(served, home, "hubspot", "deals")
    assert (landed.status, loaded.status) == ("landed", "loaded"), loaded.reason
    assert _value(home, f"count(*) filter ({MANY[-1]} = 'loud')") == 1
    with sqlite3.connect(store) as connection:
        connection.execute(f"{query} {changed}", ["silent"])
    ((landed,), (loaded,)) = pull(served, home, "hubspot", "deals", mode="sweep")
    assert (landed.status, loaded.status) == ("landed", "loaded"), loaded.reason
    assert _value(home, f"count(*) filter ({MANY[-1]} = 'silent')") == 1
    manifest = read_manifest(home.landing / "hubspot" / "deals" / str(landed.load_id))
    assert {page.kind for page in manifest.pages} == {"batched", "associations"}


def _value(home: Home, what: str) -> object:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        (row,) = connection.execute(f"select {what} from raw_hubspot.deals").fetchall()
    return row[0]


@pytest.mark.parametrize("entity", ["opportunities", "users"])
def test_a_query_that_is_too_long_for_an_address_becomes_a_bulk_job(
    store: Path, serve: Serve, home: Home, entity: str
) -> None:
    """Five hundred fields of an object that is read by windows, and of one that is read whole."""
    name = {"opportunities": "Opportunity", "users": "User"}[entity]
    names = [f"Measured_by_the_plant_in_line_{number:03d}__c" for number in range(500)]
    with Store(store) as opened:
        for number, field in enumerate(names):
            value = "here" if number in (0, 499) else None
            salesforce_drifting.add_field(opened, object=name, name=field, value=value)
        opened.commit()
    ((landed,), (loaded,)) = pull(serve(store), home, "salesforce", entity)
    assert (landed.status, loaded.status) == ("landed", "loaded"), (landed.reason, loaded.reason)
    assert {page.format for page in _manifest(home, "salesforce", entity).pages} >= {"csv"}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        (row,) = connection.execute(
            f"select count(*), count(*) filter ({names[0]} = 'here' and {names[-1]} = 'here' "
            f"and {names[1]} is null) from raw_salesforce.{entity} where _changed_at is not null"
        ).fetchall()
    assert row[0] == row[1] > 0


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
    monkeypatch.setattr(salesforce_bulk, "_MOST_ROWS", 40)
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


NO_ADDRESSES = {
    "status": 404,
    "body": '[{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]',
}
TOO_FEW = {"status": 200, "body": '{"resultPages": [], "done": true}'}


@pytest.mark.parametrize("answer", [NO_ADDRESSES, TOO_FEW], ids=["none", "too few"])
def test_bulk_results_without_all_addresses_are_read_by_locator(
    company: Path,
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, object],
) -> None:
    served = serve(company)
    by_rest, by_bulk = Home(tmp_path / "rest"), Home(tmp_path / "bulk")
    pull(served, by_rest, "salesforce", "tasks")
    monkeypatch.setattr(salesforce_bulk, "_MOST_ROWS", 40)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    served.fault(path=r"/jobs/query/[^/]+/resultPages", kind="status", **answer)
    ((landed,), _) = pull(served, by_bulk, "salesforce", "tasks")
    assert landed.status == "landed", landed.reason
    assert len(_manifest(by_bulk, "salesforce", "tasks").pages) > 2
    assert contents(by_bulk) == contents(by_rest)


def test_bulk_result_pages_are_read_side_by_side(
    company: Path, serve: Serve, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(company)
    monkeypatch.setattr(salesforce_bulk, "_MOST_ROWS", 40)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    ((landed,), _) = pull(served, home, "salesforce", "tasks")
    assert landed.status == "landed", landed.reason
    pages = len(_manifest(home, "salesforce", "tasks").pages)
    counted = served.context.counts()
    jobs = "/services/data/{version}/jobs/query/{id}"
    assert counted[f"GET {jobs}/results"] == pages > 5
    # Five addresses an answer.
    assert counted[f"GET {jobs}/resultPages"] == -(-pages // 5)
    assert landed.requests == sum(counted.values()) - 1 - counted["POST /services/oauth2/token"]


@pytest.mark.usefixtures("_short_pages")
@pytest.mark.parametrize(("rows_a_page", "by_bulk"), [(2_000, False), (5, True)])
def test_the_way_with_fewer_calls_is_taken(
    company: Path,
    serve: Serve,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    rows_a_page: int,
    by_bulk: bool,
) -> None:
    for name in ("_FULL_PAGE", "_LONG_TEXT_PAGE"):
        monkeypatch.setattr(salesforce_rows, name, rows_a_page)
    served = serve(company)
    ((landed,), _) = pull(served, home, "salesforce", "accounts")
    assert landed.status == "landed", landed.reason
    pages = [
        page for page in _manifest(home, "salesforce", "accounts").pages if page.kind == "records"
    ]
    assert ({page.format for page in pages} == {"csv"}) is by_bulk


@pytest.mark.parametrize("shared", [True, False], ids=["one millisecond", "one window"])
def test_more_changes_than_a_search_tells_all_come_out(
    store: Path, serve: Serve, home: Home, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """A search ends at 10,000 results; beyond, the vendor refuses."""
    monkeypatch.setattr(route, "FEW", 1_000_000)
    pull(serve(store), home, "hubspot", "products")
    with Store(store, read_only=True) as opened:
        now = opened.now() - 60_000
    spread = "" if shared else "+ number % 5000"
    with sqlite3.connect(store) as connection:
        connection.execute(
            f"""
            with recursive numbers(number) as (
                select 1 union all select number + 1 from numbers where number < 10500
            ), stamped as (select number, ? {spread} as at from numbers)
            insert into hs_object (type, id, created_at, updated_at, indexed_at, properties)
            select 'products', 900000000 + number, at, at, 0, json_object(
                'name', 'product ' || number, 'hs_object_id', 900000000 + number,
                'hs_lastmodifieddate', strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch')
            ) from stamped
            """,
            [now],
        )
    ((landed,), (loaded,)) = pull(serve(store), home, "hubspot", "products")
    assert (landed.status, loaded.status) == ("landed", "loaded"), landed.reason
    assert loaded.rows_inserted == 10_500
