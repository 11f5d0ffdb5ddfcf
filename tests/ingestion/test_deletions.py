"""Deleted, merged, restored, gone without a trace: raw keeps the row and says what became of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from ingestion.run import Home, rebuild, settle
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]


def deed(served: Served, **what: object) -> None:
    requests.post(f"{served.url}/_control/records", json=what, timeout=10).raise_for_status()


def raw(home: Home, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def state(home: Home, table: str, identity: str) -> tuple[bool, bool, str | None]:
    ((is_deleted, has_time, heir),) = raw(
        home,
        f"select _is_deleted, _deleted_at is not null, _merged_into from {table} "
        f"where {'id' if 'hubspot' in table else 'Id'} = '{identity}'",
    )
    return is_deleted, has_time, heir


def some(home: Home, table: str, count: int = 1, where: str = "true") -> list[str]:
    key = "id" if "hubspot" in table else "Id"
    found = raw(
        home,
        f"select {key} from {table} where not _is_deleted and {where} "
        f"order by _changed_at, {key} limit {count}",
    )
    return [identity for (identity,) in found]


LIVE = (False, False, None)
GONE = (True, True, None)


@pytest.mark.parametrize("is_stamped", [True, False])
def test_an_archived_hubspot_record_is_marked_and_a_restored_one_lives_again(
    store: Path, serve: Serve, home: Home, is_stamped: bool
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "deals")
    (deal,) = some(home, "raw_hubspot.deals")
    what = {"source": "hubspot", "object": "deals", "id": deal}
    deed(served, **what, deed="archive")
    pull(served, home, "hubspot", "deals")
    assert state(home, "raw_hubspot.deals", deal) == GONE
    before = raw(home, f"select dealname, amount from raw_hubspot.deals where id = '{deal}'")
    deed(served, **what, deed="restore", stamp=is_stamped)
    pull(served, home, "hubspot", "deals")
    assert state(home, "raw_hubspot.deals", deal) == LIVE
    assert (
        raw(home, f"select dealname, amount from raw_hubspot.deals where id = '{deal}'") == before
    )
    links = f"select count(*) from raw_hubspot.associations where from_id = '{deal}'"
    with sqlite3.connect(store) as connection:
        (expected,) = connection.execute(
            "select count(*) from hs_association where from_type = 'deals' and from_id = ? "
            "and to_type in ('contacts', 'companies')",
            [int(deal)],
        ).fetchone()
    assert raw(home, links) == [(expected,)]


def test_the_heir_of_a_merge_has_its_links_and_the_children_follow(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    names = ("companies", "contacts", "deals", "line_items", "notes", "calls")
    pull(served, home, "hubspot", *names)
    loser, heir = (
        deal
        for (deal,) in raw(
            home,
            "select to_id from raw_hubspot.associations where to_type = 'deals' "
            "and from_type in ('notes', 'calls', 'line_items') and to_id in "
            "(select id from raw_hubspot.deals where not _is_deleted) "
            "group by to_id order by count(distinct from_type) desc, count(*) desc, to_id limit 2",
        )
    )
    deed(served, source="hubspot", object="deals", id=loser, into=heir, deed="merge")
    pull(served, home, "hubspot", *names)
    assert state(home, "raw_hubspot.deals", loser) == (True, True, heir)
    assert state(home, "raw_hubspot.deals", heir) == LIVE
    links = (
        "select from_type, cast(from_id as varchar), to_type, cast(to_id as varchar), type_id "
        "from {} where '{}' in (cast(from_id as varchar), cast(to_id as varchar)) "
    )
    fresh = Home(home.root / "fresh")
    pull(served, fresh, "hubspot", *names)
    for identity in (heir, loser):
        query = links.format("raw_hubspot.associations", identity) + "order by all"
        assert raw(home, query) == raw(fresh, query)
    assert raw(home, links.format("raw_hubspot.associations", loser)) == []
    before = contents(home)
    rebuild("hubspot", home=home)
    assert contents(home) == before


def test_a_salesforce_record_goes_comes_back_and_is_absorbed(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "salesforce", "contacts")
    table = "raw_salesforce.contacts"
    one, heir = some(home, table, 2)
    what = {"source": "salesforce", "object": "Contact", "id": one}
    deed(served, **what, deed="delete")
    pull(served, home, "salesforce", "contacts")
    assert state(home, table, one) == GONE
    deed(served, **what, deed="undelete")
    pull(served, home, "salesforce", "contacts")
    assert state(home, table, one) == LIVE
    deed(served, **what, deed="merge", into=heir)
    pull(served, home, "salesforce", "contacts")
    assert state(home, table, one) == (True, True, heir)


def test_a_hard_deletion_is_found_in_the_vendor_s_log_by_the_next_pull(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "salesforce", "opportunities")
    (gone,) = some(home, "raw_salesforce.opportunities")
    before = raw(home, f"select Name from raw_salesforce.opportunities where Id = '{gone}'")
    deed(served, source="salesforce", object="Opportunity", id=gone, deed="hard_delete")
    # The log counts in whole minutes and the sandbox's clock stands still: it moves on a little.
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update meta set value = cast(value as integer) + 60000 where key = 'now_ms'"
        )
    _, (loaded,) = pull(served, home, "salesforce", "opportunities")
    assert state(home, "raw_salesforce.opportunities", gone) == GONE
    assert raw(home, f"select Name from raw_salesforce.opportunities where Id = '{gone}'") == before
    assert all(one.is_within for one in loaded.reconciled)
    rows = raw(home, "select count(*) from raw_salesforce.opportunities")
    rebuild("salesforce", home=home)
    assert state(home, "raw_salesforce.opportunities", gone) == GONE
    assert raw(home, "select count(*) from raw_salesforce.opportunities") == rows


def test_a_deletion_that_no_log_knows_shows_in_the_count_and_is_swept(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "salesforce", "opportunities")
    (gone,) = some(home, "raw_salesforce.opportunities")
    deed(
        served, source="salesforce", object="Opportunity", id=gone, deed="hard_delete", logged=False
    )
    _, loaded = pull(served, home, "salesforce", "opportunities")
    assert state(home, "raw_salesforce.opportunities", gone) == LIVE
    _, healed = settle("salesforce", loaded, settings=served.settings, home=home)
    assert [one.mode for one in healed] == ["sweep"]
    assert state(home, "raw_salesforce.opportunities", gone) == GONE


def test_a_log_that_does_not_reach_back_leads_to_a_sweep(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "salesforce", "campaigns")
    body = '[{"errorCode": "INVALID_REPLICATION_DATE", "message": "startDate is too old"}]'
    served.fault(path="/Campaign/deleted", kind="status", status=400, body=body, times=1)
    _, loaded = pull(served, home, "salesforce", "campaigns")
    assert [(one.gap, one.is_within) for one in loaded[0].reconciled] == [(0, False)]
    assert "further back" in str(loaded[0].reconciled[0].note)
    _, healed = settle("salesforce", loaded, settings=served.settings, home=home)
    assert [(one.mode, one.reconciled[0].is_within) for one in healed] == [("sweep", True)]


def test_a_currency_that_was_switched_off_is_not_deleted(
    store: Path, serve: Serve, home: Home
) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update sf_record set fields = json_set(fields, '$.IsActive', json('false')), "
            "stamp = (select cast(value as integer) - 3600000 from meta where key = 'now_ms') "
            "where object = 'CurrencyType'"
        )
    served = serve(store)
    for _ in range(2):
        pull(served, home, "salesforce", "currency_types")
    found = raw(home, "select distinct IsActive, _is_deleted from raw_salesforce.currency_types")
    assert found == [(False, False)]


def test_stamps_that_move_alone_write_no_row_anew(store: Path, serve: Serve, home: Home) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "deals")
    query = "select id, _landed_at, _load_id from raw_hubspot.deals order by id"
    before = raw(home, query)
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update hs_object set updated_at = (select cast(value as integer) from meta "
            "where key = 'now_ms'), properties = json_remove(properties, '$.hs_lastmodifieddate') "
            "where type = 'deals' and archived = 0"
        )
    _, (loaded,) = pull(served, home, "hubspot", "deals")
    assert (loaded.rows_read > 100, loaded.rows_inserted, loaded.rows_updated) == (True, 0, 0)
    assert raw(home, query) == before
    assert raw(
        home,
        "select count(*) filter (updatedAt <> hs_lastmodifieddate), count(distinct _changed_at) "
        "from raw_hubspot.deals where not _is_deleted",
    ) == [(0, 1)]
