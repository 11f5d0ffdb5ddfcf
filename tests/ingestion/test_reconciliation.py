"""After every load ours is compared with what the vendor counts, and a gap is closed at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine.landing import read_manifest
from ingestion.run import SOURCES, Home, rebuild, settle
from tests.ingestion.conftest import Served, pull

Serve = Callable[[Path], Served]
DEALS = {"hubspot": "deals", "salesforce": "opportunities"}
OUTCOME = "entity, measure, vendor_rows, raw_rows, gap, in_flight, is_within, note"


def rows(home: Home, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def outcome(home: Home, entity: str, measure: str = "rows") -> dict[str, Any]:
    """The latest row of the books about an entity."""
    found = rows(
        home,
        "select gap, in_flight, is_within, vendor_rows, raw_rows, vendor_value, raw_value, mode "
        f"from _ingestion.reconciliation where entity = '{entity}' and measure like '{measure}' "
        "order by load_id desc limit 1",
    )
    names = (
        "gap", "in_flight", "is_within", "vendor_rows", "raw_rows", "vendor_value", "raw_value",
        "mode",
    )  # fmt: skip
    return dict(zip(names, found[0], strict=True))


def change_raw(home: Home, statement: str) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("source", list(DEALS))
def test_every_entity_and_load_has_its_row_and_no_gap(
    company: Path, serve: Serve, home: Home, source: str
) -> None:
    served = serve(company)
    for _ in range(2):
        pull(served, home, source)
    found = rows(
        home,
        "select entity, count(distinct load_id), count(*) filter (not is_within), "
        "count(*) filter (is_within is null and note is null) "
        "from _ingestion.reconciliation group by entity",
    )
    told = {entity: tuple(rest) for entity, *rest in found}
    assert told == dict.fromkeys(SOURCES[source].entities, (2, 0, 0))
    counted = {
        entity
        for (entity,) in rows(
            home, "select entity from _ingestion.reconciliation where vendor_rows is not null"
        )
    }
    assert counted >= {e.name for e in SOURCES[source].entities.values() if e.count is not None}
    assert outcome(home, DEALS[source])["vendor_rows"] > 0


@pytest.mark.parametrize(
    ("source", "measure"), [("hubspot", "sum:amount"), ("salesforce", "sum:%")]
)
def test_amounts_are_summed_by_the_vendor_and_by_us(
    company: Path, serve: Serve, home: Home, source: str, measure: str
) -> None:
    pull(serve(company), home, source, DEALS[source])
    found = outcome(home, DEALS[source], measure)
    assert found["vendor_value"] > 0
    assert abs(found["vendor_value"] - found["raw_value"]) <= 0.01
    assert found["is_within"]


def test_a_wrong_amount_in_raw_is_noticed(company: Path, serve: Serve, home: Home) -> None:
    served = serve(company)
    pull(served, home, "salesforce", "opportunities")
    change_raw(home, "update raw_salesforce.opportunities set Amount = Amount + 1")
    _, (loaded,) = pull(served, home, "salesforce", "opportunities")
    assert [one.is_within for one in loaded.reconciled] == [True, False]
    _, healed = settle("salesforce", [loaded], settings=served.settings, home=home)
    assert [(one.mode, [it.is_within for it in one.reconciled]) for one in healed] == [
        ("full", [True, True])
    ]


@pytest.mark.parametrize("source", list(DEALS))
def test_a_record_that_is_missing_in_raw_is_fetched_at_once(
    company: Path, serve: Serve, home: Home, source: str
) -> None:
    served, entity = serve(company), DEALS[source]
    table = f"raw_{source}.{entity}"
    pull(served, home, source, entity)
    before = rows(home, f"select count(*) from {table} where not _is_deleted")
    key = "id" if source == "hubspot" else "Id"
    change_raw(
        home,
        f"delete from {table} where {key} = (select {key} from {table} where not _is_deleted "
        f"order by _changed_at limit 1)",
    )
    _, loaded = pull(served, home, source, entity)
    assert outcome(home, entity)["gap"] == 1
    assert not outcome(home, entity)["is_within"]
    landed, healed = settle(source, loaded, settings=served.settings, home=home)
    assert [one.status for one in landed] == ["landed"]
    assert [(one.mode, one.rows_inserted > 0) for one in healed] == [("full", True)]
    assert outcome(home, entity)["is_within"]
    assert rows(home, f"select count(*) from {table} where not _is_deleted") == before


def test_a_record_too_many_is_swept_at_once_and_only_once_a_day(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "tasks")
    for number in (1, 2):
        with sqlite3.connect(store) as connection:
            connection.execute(
                "update hs_object set archived = 1, erased = 1 where type = 'tasks' and id = "
                "(select id from hs_object where type = 'tasks' and archived = 0 "
                "order by updated_at limit 1)"
            )
        _, loaded = pull(served, home, "hubspot", "tasks")
        assert outcome(home, "tasks")["gap"] == -1
        _, healed = settle("hubspot", loaded, settings=served.settings, home=home)
        assert [one.mode for one in healed] == (["sweep"] if number == 1 else [])
        assert outcome(home, "tasks")["is_within"] is (number == 1)


def test_what_changed_after_the_window_is_in_flight(store: Path, serve: Serve, home: Home) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "products")
    with sqlite3.connect(store) as connection:
        now = connection.execute("select value from meta where key = 'now_ms'").fetchone()[0]
        connection.execute(
            "update hs_object set updated_at = ?, "
            "properties = json_remove(properties, '$.hs_lastmodifieddate') "
            "where type = 'products' and archived = 0",
            [int(now) + 5000],
        )
    change_raw(
        home,
        "delete from raw_hubspot.products where id = (select min(id) from raw_hubspot.products)",
    )
    pull(served, home, "hubspot", "products")
    found = outcome(home, "products")
    assert found["gap"] == 1
    assert found["in_flight"] == found["vendor_rows"]
    assert found["is_within"]


def test_records_that_search_has_not_indexed_yet_are_in_flight(
    store: Path, serve: Serve, home: Home
) -> None:
    with sqlite3.connect(store) as connection:
        now = int(connection.execute("select value from meta where key = 'now_ms'").fetchone()[0])
        connection.execute(
            "update hs_object set updated_at = ?, indexed_at = ? where type = 'products' "
            "and id in (select id from hs_object where type = 'products' and archived = 0 limit 2)",
            [now - 1000, 10**15],
        )
    pull(serve(store), home, "hubspot", "products")
    found = outcome(home, "products")
    assert (found["gap"], found["is_within"]) == (-2, True)
    assert found["in_flight"] >= 2


def test_counting_costs_one_request_per_entity(company: Path, serve: Serve, home: Home) -> None:
    served = serve(company)
    pull(served, home, "hubspot", "products")
    pull(served, home, "salesforce", "opportunities")
    counts = served.context.counts()
    assert counts["POST /crm/objects/{version}/{type}/search"] == 1
    assert counts["POST /services/data/{version}/composite"] == 1


def test_a_vendor_that_does_not_count_is_told_not_hidden(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    served.fault(path="/products/search", kind="status", status=404)
    _, (loaded,) = pull(served, home, "hubspot", "products")
    (one,) = loaded.reconciled
    assert (one.vendor, one.is_within) == (None, None)
    assert one.note


@pytest.mark.parametrize("source", list(DEALS))
def test_a_rebuild_reconciles_without_the_vendor(
    company: Path, serve: Serve, home: Home, source: str
) -> None:
    served, entity = serve(company), DEALS[source]
    ((landed,), _) = pull(served, home, source, entity)
    pull(served, home, source, entity)
    query = f"select {OUTCOME}, vendor_value, raw_value from _ingestion.reconciliation order by all"
    before = rows(home, query)
    manifest = read_manifest(home.landing / source / entity / str(landed.load_id))
    assert manifest.counted is not None
    rebuild(source, home=home)
    assert rows(home, query) == before
