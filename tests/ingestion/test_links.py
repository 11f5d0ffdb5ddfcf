"""HubSpot's links move no change stamp: a pull of changes must meet them all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.engine.landing import read_manifest
from ingestion.engine.watch import WATCHED_FOR, watched_ids
from ingestion.run import SOURCES, Home
from sandbox.company import advance
from tests.ingestion.conftest import Served, pull

Serve = Callable[[Path], Served]
NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)

_IN_STORE = (
    "select distinct cast(a.from_id as text), cast(a.to_id as text) from hs_association a "
    "join hs_object f on f.type = 'deals' and f.id = a.from_id and f.archived = 0 "
    "join hs_object t on t.type = 'contacts' and t.id = a.to_id and t.archived = 0 "
    "where a.from_type = 'deals' and a.to_type = 'contacts'"
)
_IN_RAW = (
    "select distinct a.from_id, a.to_id from raw_hubspot.associations a "
    "join raw_hubspot.deals d on d.id = a.from_id and not d._is_deleted "
    "join raw_hubspot.contacts c on c.id = a.to_id and not c._is_deleted "
    "where a.from_type = 'deals' and a.to_type = 'contacts'"
)


def _in_store(store: Path, statement: str = _IN_STORE) -> set[tuple[str, ...]]:
    with sqlite3.connect(store) as connection:
        return set(connection.execute(statement).fetchall())


def _in_raw(home: Home, statement: str = _IN_RAW) -> set[tuple[str, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return set(connection.execute(statement).fetchall())


def test_a_late_link_arrives_with_the_next_pull(store: Path, serve: Serve, home: Home) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "deals", "contacts")
    before = _in_raw(home)
    assert before == _in_store(store)
    stamps: dict[str, str] = dict(
        _in_raw(home, "select id, _changed_at::varchar from raw_hubspot.deals")
    )
    advance(store, days=2)
    pull(served, home, "hubspot", "deals", "contacts")
    found = _in_raw(home)
    assert found == _in_store(store)
    after: dict[str, str] = dict(
        _in_raw(home, "select id, _changed_at::varchar from raw_hubspot.deals")
    )
    late = {deal for deal, *_ in found - before if stamps.get(deal) == after[deal]}
    assert late, "the story links a contact to a deal that nothing else happens to"


def test_a_link_that_is_taken_away_goes_with_the_next_pull(
    store: Path, serve: Serve, home: Home
) -> None:
    served = serve(store)
    pull(served, home, "hubspot", "deals", "contacts")
    with sqlite3.connect(store) as connection:
        (deal, contact) = connection.execute(
            f"{_IN_STORE} and json_extract(f.properties, '$.hs_is_closed') = 'false' limit 1"
        ).fetchone()
        connection.execute(
            "delete from hs_association where from_type = 'deals' and from_id = ? "
            "and to_type = 'contacts' and to_id = ?",
            [deal, contact],
        )
    pull(served, home, "hubspot", "deals", "contacts")
    assert (deal, contact) not in _in_raw(home)
    assert _in_raw(home) == _in_store(store)


def test_watching_costs_a_request_per_500_deals_and_kind_of_link(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    pull(served, home, "hubspot", "deals")
    ((outcome,), _) = pull(served, home, "hubspot", "deals")
    manifest = read_manifest(home.landing / "hubspot" / "deals" / str(outcome.load_id))
    is_open = "select id from raw_hubspot.deals where not _is_deleted and not hs_is_closed limit 1"
    ((deal, *_),) = _in_raw(home, is_open)
    asked = [page for page in manifest.pages if deal in page.asked]
    assert [page.context["to_type"] for page in asked] == ["contacts", "companies"]


@pytest.mark.parametrize(
    ("is_closed", "age", "is_watched"),
    [
        (False, timedelta(days=900), True),
        (None, timedelta(days=900), True),
        (True, WATCHED_FOR, True),
        (True, WATCHED_FOR + timedelta(seconds=1), False),
    ],
)
def test_open_and_lately_changed_deals_are_watched(
    company: Path,
    serve: Serve,
    home: Home,
    is_closed: bool | None,
    age: timedelta,
    is_watched: bool,
) -> None:
    pull(serve(company), home, "hubspot", "deals")
    source = SOURCES["hubspot"]
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "update raw_hubspot.deals set hs_is_closed = ?, _changed_at = ?, _is_deleted = false",
            [is_closed, (NOW - age).replace(tzinfo=None)],
        )
        found = watched_ids(connection, source, source.entities["deals"], NOW)
        assert watched_ids(connection, source, source.entities["contacts"], NOW) == ()
        (count,) = connection.execute("select count(*) from raw_hubspot.deals").fetchone() or (0,)
        connection.execute("update raw_hubspot.deals set _is_deleted = true")
        assert watched_ids(connection, source, source.entities["deals"], NOW) == ()
    assert len(found) == (count if is_watched else 0)
