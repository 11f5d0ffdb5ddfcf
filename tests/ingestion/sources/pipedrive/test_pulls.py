"""What becomes of a Pipedrive account in raw: first load, changes, sweep, what is put away or gone."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.__main__ import main
from ingestion.model import Window
from ingestion.run import SOURCES, Home, rebuild
from ingestion.sources.pipedrive import deals as described
from sandbox.company import advance
from sandbox.company.births import Config
from sandbox.company.pipedrive_cases import partner_number_of
from sandbox.company.pipedrive_life import partner_life
from sandbox.company.pipedrive_words import DEAL_TYPE, LEAD_SOURCE, MARGIN, record_id
from sandbox.store import Store
from tests.ingestion.sources.pipedrive.conftest import Account, live, rows

CONFIG = Config(seed=7, deals=1000, has_partners=True)
LOG = "GET /v1/deals/{id}/changelog"


def _ids(code: str, what: str = "deals") -> list[str]:
    each = partner_life(CONFIG, partner_number_of(code))
    return [str(record_id(item.key)) for item in getattr(each, what)]


def _store(path: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def _state(home: Home, table: str, key: str) -> tuple[Any, ...]:
    (found,) = rows(
        home, f"select _is_deleted, _merged_into from raw_pipedrive.{table} where id = '{key}'"
    )
    return found


def test_a_first_load_holds_all_that_the_account_shows(
    account: Account, store: Path, home: Home
) -> None:
    landed, loaded = account.pull(home)
    assert {one.status for one in landed.values()} == {"landed"}
    assert {one.status for one in loaded} == {"loaded"}
    for kind, number in _store(store, "select type, count(*) from pd_record group by type"):
        table = "fields" if kind.startswith("fields:") else kind
        where = f"where object_type = '{kind[7:]}'" if table == "fields" else ""
        assert rows(home, f"select count(*) from raw_pipedrive.{table} {where}") == [(number,)], (
            kind
        )
    changes = _store(store, "select count(*) from pd_change")
    assert rows(home, "select count(*) from raw_pipedrive.deal_changes") == changes
    assert changes[0][0] > 100


def test_values_arrive_typed_and_under_the_vendors_names(
    account: Account, store: Path, home: Home
) -> None:
    account.pull(home)
    documents = {
        str(key): json.loads(text)
        for key, text in _store(store, "select id, document from pd_record where type = 'deals'")
    }
    found = rows(
        home,
        f'select id, value, status, add_time, won_time, "{DEAL_TYPE.hash}", "{MARGIN.hash}" '
        "from raw_pipedrive.deals",
    )
    assert len(found) == len(documents)
    for key, value, status, added, won, kind, margin in found:
        document = documents[key]
        assert (None if value is None else float(value)) == document["value"]
        assert status == document["status"]
        assert f"{added:%Y-%m-%dT%H:%M:%SZ}" == document["add_time"]
        assert (won is None) == (document["won_time"] is None)
        custom = document["custom_fields"] or {}
        assert kind == (str(custom[DEAL_TYPE.hash]) if custom else None)
        assert (json.loads(margin) if margin else None) == custom.get(MARGIN.hash)
    sources = rows(
        home,
        f"select o.label, count(*) from raw_pipedrive.persons p "
        f"join raw_pipedrive.field_options o on o.object_type = 'persons' "
        f'and o.option_id = p."{LEAD_SOURCE.hash}" group by 1',
    )
    assert {label for label, _ in sources} <= {label for _, label in LEAD_SOURCE.choices}
    assert (
        sum(n for _, n in sources) == rows(home, "select count(*) from raw_pipedrive.persons")[0][0]
    )
    emails = rows(
        home, "select count(*), count(*) filter (value like '%@%') from raw_pipedrive.person_emails"
    )
    assert emails[0][0] == emails[0][1] > 0


def test_the_log_stands_in_the_order_of_what_happened(
    account: Account, store: Path, home: Home
) -> None:
    account.pull(home, "deals")
    expected = [
        (str(deal), field, old, new)
        for deal, field, old, new in _store(
            store,
            "select deal_id, field_key, old_value, new_value from pd_change "
            "order by deal_id, at, ordinal",
        )
    ]
    found = rows(
        home,
        "select deal_id, field_key, old_value, new_value from raw_pipedrive.deal_changes "
        "order by cast(deal_id as bigint), ordinal",
    )
    assert found == expected


def test_a_log_of_several_pages_is_one_log(
    account: Account, store: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.pull(home, "deals")
    whole = live(home)["deal_changes"]
    monkeypatch.setattr(described, "PAGE", 2)
    pieces = Home(tmp_path / "pieces")
    account.pull(pieces, "deals")
    assert live(pieces)["deal_changes"] == whole


def test_deals_that_are_put_away_count_and_deleted_ones_are_marked(
    account: Account, home: Home
) -> None:
    account.pull(home, "deals")
    (archived,) = _ids("partner_archived_win")
    (status,) = rows(
        home, f"select status, is_archived from raw_pipedrive.deals where id = '{archived}'"
    )
    assert status == ("won", True)
    assert _state(home, "deals", archived) == (False, None)
    _, deleted = _ids("partner_deleted_deal")
    assert _state(home, "deals", deleted) == (True, None)
    for code in ("partner_purged_deal", "partner_merged_deal"):
        _, gone = _ids(code)
        assert rows(home, f"select 1 from raw_pipedrive.deals where id = '{gone}'") == []


def test_untouched_deals_cost_no_call_for_their_log(
    account: Account, store: Path, home: Home
) -> None:
    account.pull(home, "deals")
    query = "select count(*), count(*) filter (where updated_at > created_at) from pd_record where type = 'deals'"
    ((all_deals, touched),) = _store(store, query)
    assert account.asked()[LOG] == touched < all_deals


@pytest.mark.parametrize("days", [2, 40])
def test_changes_and_a_sweep_lead_to_what_a_first_load_finds(
    account: Account, store: Path, home: Home, tmp_path: Path, days: int
) -> None:
    account.pull(home)
    advance(store, days=days)
    account.pull(home)
    landed, _ = account.pull(home, mode="sweep")
    assert {one.status for one in landed.values()} == {"landed"}
    fresh = Home(tmp_path / "fresh")
    account.pull(fresh)
    found, expected = live(home), live(fresh)
    # Logs and lines of deals that are gone are left: nothing asks for them any more.
    known = {json.dumps(key) for (key,) in rows(fresh, "select id from raw_pipedrive.deals")}
    assert known
    for table in expected:
        if table in ("deal_changes", "deal_products"):
            assert set(expected[table]) <= set(found[table]), table
        else:
            assert found[table] == expected[table], table


def test_rebuilding_needs_no_account(account: Account, store: Path, home: Home) -> None:
    account.pull(home)
    advance(store, days=2)
    account.pull(home)
    account.pull(home, mode="sweep")
    before = live(home)
    account.asked()
    assert {one.status for one in rebuild("pipedrive", home=home)} == {"loaded"}
    assert live(home) == before
    assert account.asked() == {}


def test_a_pull_of_changes_asks_for_the_log_of_changed_deals_alone(
    account: Account, store: Path, home: Home
) -> None:
    account.pull(home)
    account.asked()
    account.pull(home, "deals")
    assert LOG not in account.asked()
    before = set(_store(store, "select id, updated_at from pd_record where type = 'deals'"))
    advance(store, days=2)
    changed = (
        set(_store(store, "select id, updated_at from pd_record where type = 'deals'")) - before
    )
    account.pull(home, "deals")
    asked = account.asked()
    assert 0 < asked[LOG] <= len(changed)
    (won,) = _ids("partner_tomorrow_won")
    assert rows(home, f"select status from raw_pipedrive.deals where id = '{won}'") == [("won",)]


def test_what_happens_tomorrow_is_seen(account: Account, store: Path, home: Home) -> None:
    account.pull(home)
    advance(store, days=2)
    account.pull(home)
    _, deleted = _ids("partner_tomorrow_deleted")
    assert _state(home, "deals", deleted) == (True, None)
    (archived,) = _ids("partner_tomorrow_archived")
    assert rows(
        home,
        f"select is_archived, _is_deleted from raw_pipedrive.deals where id = '{archived}'",
    ) == [(True, False)]
    _, loser = _ids("partner_tomorrow_merged", "people")
    assert _state(home, "persons", loser) == (False, None)  # nothing tells of it but the sweep
    account.pull(home, mode="sweep")
    assert _state(home, "persons", loser)[0] is True
    addresses = f"select 1 from raw_pipedrive.person_emails where person_id = '{loser}'"
    assert rows(home, addresses) == []


def test_a_sweep_asks_for_no_log(account: Account, home: Home) -> None:
    account.pull(home)
    account.asked()
    account.pull(home, mode="sweep")
    asked = account.asked()
    assert LOG not in asked
    assert asked["GET /api/v2/deals/archived"] == 1


def test_products_of_open_deals_are_read_again(account: Account, store: Path, home: Home) -> None:
    """Taking a product off a deal moves nothing that a list of changes would show."""
    account.pull(home, "deals")
    ((deal, line),) = _store(
        store,
        "select json_extract(l.document, '$.deal_id'), l.id from pd_record l "
        "join pd_record d on d.type = 'deals' and d.id = json_extract(l.document, '$.deal_id') "
        "where l.type = 'deal_products' and json_extract(d.document, '$.status') = 'open' limit 1",
    )
    with Store(store) as opened:
        opened.connection.execute(
            f"delete from pd_record where type = 'deal_products' and id = {line}"
        )
        opened.commit()
    account.pull(home, "deals")
    found = rows(home, f"select id from raw_pipedrive.deal_products where deal_id = '{deal}'")
    assert (str(line),) not in found


def test_a_window_reads_the_changes_of_that_time(account: Account, store: Path, home: Home) -> None:
    window = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    account.pull(home, "persons", window=window)
    first, last = (int(at.timestamp() * 1000) for at in (window.start or window.end, window.end))
    expected = _store(
        store,
        "select id from pd_record where type = 'persons' "
        f"and updated_at between {first} and {last} order by id",
    )
    found = rows(home, "select cast(id as bigint) from raw_pipedrive.persons order by 1")
    assert found == expected != []


def test_a_new_custom_field_is_a_new_column(account: Account, store: Path, home: Home) -> None:
    account.pull(home, "persons")
    name = "f" * 40
    with Store(store) as opened:
        field = {
            "field_name": "Budget",
            "field_code": name,
            "field_type": "double",
            "is_custom_field": True,
        }
        opened.connection.execute(
            "insert into pd_record values ('fields:persons', 99, 0, null, 'live', ?)",
            [json.dumps(field)],
        )
        opened.connection.execute(
            "update pd_record set updated_at = updated_at + 86400000, "
            f"document = json_set(document, '$.custom_fields.{name}', 12.5) where type = 'persons'"
        )
        opened.commit()
    landed, loaded = account.pull(home, "persons", mode="full")
    assert landed["persons"].status == "landed"
    assert loaded[-1].columns_added == (name,)
    assert rows(home, f'select distinct "{name}" from raw_pipedrive.persons')[0][0] == 12.5
    said = rows(
        home, "select field, change, new from _ingestion.schema_changes where entity = 'persons'"
    )
    assert said == [(name, "added", "number")]


def test_no_list_tells_a_number_so_nothing_is_counted(account: Account, home: Home) -> None:
    assert [e for e in SOURCES["pipedrive"].entities.values() if e.count is not None] == []
    account.pull(home)
    assert rows(
        home,
        "select distinct is_within from _ingestion.reconciliation where source = 'pipedrive'",
    ) == [(None,)]


def test_windows_overlap_and_nothing_is_doubled(
    account: Account, store: Path, home: Home, serve: Callable[[Path], Account]
) -> None:
    account.pull(home)
    before = live(home)
    _, loaded = account.pull(home)
    assert sum(one.rows_inserted + one.rows_updated + one.rows_deleted for one in loaded) == 0
    assert live(home) == before
    (start,) = rows(
        home,
        "select max(window_start) from _ingestion.loads where source = 'pipedrive' "
        "and mode = 'incremental'",
    )[0]
    now = datetime.fromtimestamp(account.context.now() / 1000, UTC).replace(tzinfo=None)
    assert now - start >= timedelta(minutes=10)


def test_a_person_is_forgotten_when_somebody_says_so(
    account: Account, store: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deleted person and an erased one look alike in Pipedrive: no sweep decides that."""
    traces = {"name": "Quenevere Zwischenahnen", "first_name": "Quenevere"}
    mail, note = "quenevere@vergissmich.example", "Quenevere will not come"
    with sqlite3.connect(store) as connection:
        (person,) = connection.execute(
            "select json_extract(document, '$.person_id') from pd_record where type = 'activities' "
            "and json_extract(document, '$.deal_id') is not null "
            "and json_extract(document, '$.person_id') is not null order by id limit 1"
        ).fetchone()
        (held,) = connection.execute(
            "select document from pd_record where type = 'persons' and id = ?", [person]
        ).fetchone()
        emails = [{"value": mail, "primary": True, "label": "work"}]
        connection.execute(
            "update pd_record set document = ? where type = 'persons' and id = ?",
            [json.dumps(json.loads(held) | traces | {"emails": emails}), person],
        )
        connection.execute(
            "update pd_record set document = json_set(document, '$.note', ?, '$.location', ?) where "
            "type = 'activities' and json_extract(document, '$.person_id') = ?",
            [note, mail, person],
        )
    account.pull(home)
    with sqlite3.connect(store) as connection:
        connection.execute("delete from pd_record where type = 'persons' and id = ?", [person])
    account.pull(home, mode="sweep")
    others = rows(home, f"select * from raw_pipedrive.persons where id <> '{person}' order by id")
    kept = f"select name, _is_deleted from raw_pipedrive.persons where id = '{person}'"
    assert rows(home, kept) == [(traces["name"], True)]
    assert _places(home, "Quenevere", mail) != []

    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(home.root))
    assert main(["erase", "pipedrive", "persons", str(person)]) == 0

    assert rows(home, kept) == [(None, True)]
    assert _places(home, "Quenevere", mail) == []
    of_person = f"from raw_pipedrive.person_emails where person_id = '{person}'"
    assert rows(home, f"select count(*) {of_person}") == [(0,)]
    said = (
        f"select distinct note, location from raw_pipedrive.activities where person_id = '{person}'"
    )
    assert rows(home, said) == [(None, None)]
    after = rows(home, f"select * from raw_pipedrive.persons where id <> '{person}' order by id")
    assert after == others
    before = live(home)
    assert {one.status for one in rebuild("pipedrive", home=home)} == {"loaded"}
    assert live(home) == before


def _places(home: Home, *traces: str) -> list[str]:
    """Files below the home in which a trace stands, packed or not."""
    found = []
    for path in sorted(home.root.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            content = gzip.decompress(content) if path.suffix == ".gz" else content
            if any(trace.encode() in content for trace in traces):
                found.append(path.name)
    return found
