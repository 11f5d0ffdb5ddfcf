"""Both sources against the sandbox: raw holds what the vendor holds, however it was read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.model import Window
from ingestion.run import SOURCES, Home, cursors, land, load, rebuild
from sandbox.company import advance
from tests.ingestion.conftest import CRMS, Served, contents, pull

Serve = Callable[[Path], Served]
NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)


def _query(path: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(statement).fetchall()


def _raw(home: Home, statement: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_raw_hubspot_holds_every_object_of_the_store(
    company: Path, serve: Serve, home: Home
) -> None:
    landed, loaded = pull(serve(company), home, "hubspot")
    assert {outcome.status for outcome in landed} == {"landed"}
    assert {outcome.status for outcome in loaded} == {"loaded"}
    expected = _query(
        company,
        "select type, cast(id as text), archived, coalesce(cast(merged_into as text), '') "
        "from hs_object where not erased and (merged_into is null or archived) "
        # Archived records can be restored, and listed, for 90 days.
        f"and coalesce(archived_at, 1e15) > {(NOW - timedelta(days=90)).timestamp() * 1000} "
        "order by 1, 2",
    )
    found = []
    for name in sorted({str(row[0]) for row in expected}):
        found += _raw(
            home,
            f"select '{name}', id, cast(_is_deleted as int), coalesce(_merged_into, '') "
            f"from raw_hubspot.{name} order by id",
        )
    listed = {(row[0], row[1]) for row in found}
    # A merged-away record may be missing from every list: the vendor does not promise it.
    unlisted = {(row[0], row[1]) for row in expected if row[3]} - listed
    assert sorted(found) == sorted(r for r in expected if (r[0], r[1]) not in unlisted)


def test_values_history_and_links_are_the_store_s(company: Path, serve: Serve, home: Home) -> None:
    pull(serve(company), home, "hubspot", "deals")
    expected = _query(
        company,
        "select cast(id as text), json_extract(properties, '$.amount'), "
        "json_extract(properties, '$.dealname'), json_extract(properties, '$.closedate') "
        "from hs_object where type = 'deals' and archived = 0 order by 1",
    )
    found = _raw(
        home,
        "select id, amount, dealname, strftime(closedate, '%Y-%m-%dT%H:%M:%S') "
        "from raw_hubspot.deals where not _is_deleted order by 1",
    )
    assert [
        (
            row[0],
            float(str(row[1])) if row[1] else None,
            row[2] or None,
            str(row[3])[:19] if row[3] else None,
        )
        for row in expected
    ] == [(row[0], float(str(row[1])) if row[1] is not None else None, *row[2:]) for row in found]
    live = "select id from hs_object where type = 'deals' and archived = 0"
    history = _query(
        company,
        "select cast(id as text), property, at, coalesce(value, '') from hs_history "
        f"where type = 'deals' and id in ({live}) and property in ('dealstage', 'pipeline', "
        "'amount', 'closedate', 'hubspot_owner_id', 'hs_manual_forecast_category') order by 1, 2, 3, 4",
    )
    assert history == _raw(
        home,
        "select record_id, property, epoch_ms(timestamp), coalesce(value, '') "
        "from raw_hubspot.property_history where record_id in "
        "(select id from raw_hubspot.deals where not _is_deleted) order by 1, 2, 3, 4",
    )
    links = _query(
        company,
        "select cast(a.from_id as text), a.to_type, cast(a.to_id as text), a.type_id, a.category, "
        "coalesce(a.label, '') from hs_association a join hs_object o on o.type = a.to_type and "
        f"o.id = a.to_id and o.archived = 0 where a.from_type = 'deals' and a.from_id in ({live}) "
        "and a.to_type in ('contacts', 'companies') order by 1, 2, 3, 4",
    )
    assert links == _raw(
        home,
        "select from_id, to_type, to_id, type_id, category, coalesce(label, '') "
        "from raw_hubspot.associations where from_id in "
        "(select id from raw_hubspot.deals where not _is_deleted) order by 1, 2, 3, 4",
    )


@pytest.mark.parametrize("threshold", ["20000", "1"], ids=["rest", "bulk"])
def test_raw_salesforce_holds_every_record_of_the_store(
    company: Path, serve: Serve, home: Home, threshold: str
) -> None:
    served = serve(company)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = threshold
    landed, loaded = pull(served, home, "salesforce")
    assert {outcome.status for outcome in landed} == {"landed"}
    assert {outcome.status for outcome in loaded} == {"loaded"}
    for name, entity in SOURCES["salesforce"].entities.items():
        described = _described(name)
        expected = _query(
            company,
            f"select id, is_deleted from sf_record where object = '{described}' and not purged "
            "order by id",
        )
        found = _raw(
            home,
            f"select Id, cast(_is_deleted as int) from raw_salesforce.{entity.name} order by Id",
        )
        assert found == expected, name


def test_rest_and_bulk_give_the_same_rows(company: Path, serve: Serve, tmp_path: Path) -> None:
    served = serve(company)
    names = ("opportunities", "tasks", "opportunity_field_history")
    by_rest, by_bulk = Home(tmp_path / "rest"), Home(tmp_path / "bulk")
    pull(served, by_rest, "salesforce", *names)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    pull(served, by_bulk, "salesforce", *names)
    assert contents(by_rest) == contents(by_bulk)


def test_what_bulk_cannot_hold_stays_as_it_was(company: Path, serve: Serve, home: Home) -> None:
    served = serve(company)
    pull(served, home, "salesforce", "accounts")
    query = "select Id, BillingAddress from raw_salesforce.accounts order by 1"
    before = _raw(home, query)
    assert any(address for _, address in before)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    pull(served, home, "salesforce", "accounts", mode="full")
    assert _raw(home, query) == before


@pytest.mark.parametrize("source", CRMS)
def test_changes_and_a_sweep_equal_a_fresh_full_load(
    store: Path, serve: Serve, tmp_path: Path, source: str
) -> None:
    followed, fresh = Home(tmp_path / "followed"), Home(tmp_path / "fresh")
    served = serve(store)
    pull(served, followed, source)
    advance(store, days=7)
    landed, _ = pull(served, followed, source)
    assert {outcome.status for outcome in landed} == {"landed"}
    pull(served, followed, source, mode="sweep")
    pull(served, fresh, source)
    expected, found = contents(fresh), contents(followed)
    for table, rows in expected.items():
        missing = set(rows) - set(found[table])
        extra = set(found[table]) - set(rows)
        assert not missing, (table, sorted(missing)[:3])
        # What has vanished from the vendor stays, marked, and so does its history.
        kept = [row for row in extra if "'_is_deleted': true" not in row]
        if table == "raw_hubspot.property_history":
            gone = _raw(followed, "select id from raw_hubspot.deals where _is_deleted")
            kept = [r for r in kept if not any(f"'record_id': {i}," in r for (i,) in gone)]
        if table.endswith("_versions"):
            # Who comes later knows nothing of what was there before: here the quota before the raise.
            assert len(kept) == 1
            kept = []
        assert not kept, (table, sorted(kept)[:3])


def test_the_books_count_records_not_pages(company: Path, serve: Serve, home: Home) -> None:
    names = ("pipelines", "properties", "owners", "products", "account_info")
    landed, _ = pull(serve(company), home, "hubspot", *names)
    booked = dict(_raw(home, "select entity, rows from _ingestion.loads"))
    assert booked == {outcome.entity: outcome.rows for outcome in landed}
    assert booked == {
        name: _raw(home, f"select count(*) from raw_hubspot.{name}")[0][0] for name in names
    }


@pytest.mark.parametrize("source", CRMS)
def test_a_second_pull_without_changes_writes_nothing(
    company: Path, serve: Serve, home: Home, source: str
) -> None:
    served = serve(company)
    pull(served, home, source)
    before = _landed_at(home)
    _, loaded = pull(served, home, source)
    assert [(item.entity, item.rows_inserted, item.rows_updated) for item in loaded] == [
        (item.entity, 0, 0) for item in loaded
    ]
    assert _landed_at(home) == before


@pytest.mark.parametrize("source", CRMS)
def test_raw_is_rebuilt_from_landing_alone(
    store: Path, serve: Serve, home: Home, source: str
) -> None:
    served = serve(store)
    pull(served, home, source)
    advance(store, days=3)
    pull(served, home, source)
    before, since = contents(home), cursors(source, home=home)
    results = rebuild(source, home=home)
    assert {outcome.status for outcome in results} == {"loaded"}
    assert contents(home) == before
    assert cursors(source, home=home) == since


def test_a_backfill_reads_its_window_and_moves_no_cursor(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    window = Window(NOW - timedelta(days=30), NOW - timedelta(days=10))
    (landed,) = land(
        "hubspot", ["deals"], settings=served.settings, home=home, mode="incremental", window=window
    )
    load("hubspot", ["deals"], home=home)
    assert landed.status == "landed"
    assert cursors("hubspot", home=home) == {}
    expected = _query(
        company,
        "select count(*) from hs_object where type = 'deals' and archived = 0 and updated_at "
        f"between {int(window.start.timestamp() * 1000)} and {int(window.end.timestamp() * 1000)}",  # type: ignore[union-attr]
    )
    assert expected[0][0]
    assert _raw(home, "select count(*) from raw_hubspot.deals where not _is_deleted") == expected


NOW_AGAIN = {"Retry-After": "0"}  # tests do not wait for limits to age
FAULTS = [
    {"kind": "status", "status": 429, "times": 2, "policy": "SECONDLY", "headers": NOW_AGAIN},
    {"kind": "status", "status": 502, "times": 3, "headers": NOW_AGAIN},
    {"kind": "cut", "times": 1, "after": 1},
    {"kind": "malformed", "times": 1},
    {"kind": "html", "times": 1},
    {"kind": "drop", "times": 1},
    {"kind": "duplicate_page", "times": 1, "after": 2},
]


@pytest.mark.parametrize(
    "fault", FAULTS, ids=[str(fault["kind"]) + str(fault.get("status", "")) for fault in FAULTS]
)
@pytest.mark.parametrize(
    ("source", "entity", "path"),
    [
        ("hubspot", "deals", r"^/crm/objects/[^/]+/deals$"),
        ("salesforce", "opportunities", r"/queryAll"),
    ],
)
def test_faults_on_the_way_do_not_change_the_result(
    company: Path,
    serve: Serve,
    tmp_path: Path,
    source: str,
    entity: str,
    path: str,
    fault: dict[str, object],
) -> None:
    served = serve(company)
    undisturbed, disturbed = Home(tmp_path / "calm"), Home(tmp_path / "storm")
    pull(served, undisturbed, source, entity)
    served.fault(path=path, **fault)
    ((outcome,), _) = pull(served, disturbed, source, entity)
    assert outcome.status == "landed", outcome.reason
    assert contents(disturbed) == contents(undisturbed)


def test_expired_tokens_are_renewed_once(company: Path, serve: Serve, home: Home) -> None:
    served = serve(company)
    served.fault(path="/queryAll", kind="expired_token", times=1)
    ((outcome,), _) = pull(served, home, "salesforce", "accounts")
    assert outcome.status == "landed"


def test_a_missing_scope_skips_its_object_and_no_other(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    served.context.withheld_scopes = frozenset({"tickets"})
    landed, loaded = pull(served, home, "hubspot", "tickets", "deals", "companies")
    assert [(item.entity, item.status) for item in landed] == [
        ("tickets", "skipped"),
        ("deals", "landed"),
        ("companies", "landed"),
    ]
    assert "tickets" in str(landed[0].reason)
    assert [item.entity for item in loaded] == ["deals", "companies"]


@pytest.mark.parametrize(
    ("source", "name", "value", "advice"),
    [
        ("hubspot", "HUBSPOT_ACCESS_TOKEN", "pat-na1-wrong-wrong", "check HUBSPOT_ACCESS_TOKEN"),
        ("salesforce", "SALESFORCE_CLIENT_SECRET", "wrong", "check SALESFORCE_CLIENT_SECRET"),
    ],
)
def test_wrong_credentials_give_one_sentence_at_once(
    company: Path, serve: Serve, home: Home, source: str, name: str, value: str, advice: str
) -> None:
    served = serve(company)
    served.settings[name] = value
    landed = land(
        source,
        list(SOURCES[source].entities),
        settings=served.settings,
        home=home,
        mode="incremental",
    )
    assert {item.status for item in landed} == {"failed"}
    (reason,) = {item.reason for item in landed}
    assert reason is not None
    assert advice in reason
    assert value not in reason
    assert sum(served.context.counts().values()) <= 2


def _described(name: str) -> str:
    from ingestion.sources.salesforce.tables import DESCRIBED

    return DESCRIBED[name].object


def _landed_at(home: Home) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name like 'raw_%' order by 1"
        ).fetchall()
        return [
            (
                table,
                *(
                    connection.execute(f"select count(*), max(_landed_at) from {table}").fetchone()
                    or ()
                ),
            )
            for (table,) in tables
        ]


def test_an_answer_of_another_shape_fails_its_entity_and_no_other(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    served.fault(path="/objects/.*/deals$", kind="status", status=200, body='{"odd": 1}')
    landed, _ = pull(served, home, "hubspot", "deals", "products")
    assert [(item.entity, item.status) for item in landed] == [
        ("deals", "failed"),
        ("products", "landed"),
    ]
    assert "documented shape" in str(landed[0].reason)


def test_a_query_that_the_vendor_has_forgotten_is_begun_again(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    body = '[{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]'
    served.fault(path="/queryAll", kind="status", status=400, body=body, times=1)
    ((landed,), _) = pull(served, home, "salesforce", "accounts")
    assert landed.status == "landed"
