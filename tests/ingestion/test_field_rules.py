"""Field rules against the sandbox: what is planted as personal must not be found in any file."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine.rules import FILE, KEY
from ingestion.model import Landed
from ingestion.run import SOURCES, Home
from ingestion.sources.hubspot.tables import PROPERTIES
from ingestion.sources.salesforce.tables import DESCRIBED
from sandbox.company import generate
from sandbox.connection import environment
from sandbox.drifting import drift
from sandbox.store import Store
from tests.ingestion.conftest import Served, pull

Serve = Callable[[Path], Served]
PROJECT = Path(__file__).parents[2] / "dbt_project"
PLANTED = "planted"
ADDRESS = "Planted.Person@acme.example"


def _ids(store: Path, query: str, *values: str) -> list[Any]:
    with sqlite3.connect(store) as connection:
        return [row[0] for row in connection.execute(query, values)]


def _plant(store: Path) -> None:
    """One record of each kind says `planted` in every personal field, and so do two new fields."""
    with Store(store) as opened:
        drift(
            opened,
            {"vendor": "hubspot", "deed": "add_property", "type": "contacts", "name": "own_words"},
        )
        drift(
            opened,
            {"vendor": "hubspot", "deed": "add_property", "type": "deals", "name": "secret"}
            | {"sensitivity": "sensitive"},
        )
        drift(
            opened,
            {"vendor": "salesforce", "deed": "add_field", "object": "Contact", "name": "Own__c"},
        )
        for type, columns in PROPERTIES.items():
            values = {field.name: f"{PLANTED} {field.name}" for field in columns if field.personal}
            values |= {"contacts": {"own_words": PLANTED}, "deals": {"secret": PLANTED}}.get(
                type, {}
            )
            if type == "contacts":
                values["email"] = ADDRESS
            ids = _ids(store, "select id from hs_object where type = ? and archived = 0", type)
            if values and ids:
                write = {"vendor": "hubspot", "deed": "write", "type": type, "values": values}
                drift(opened, write | {"id": ids[-1]})
        for described in DESCRIBED.values():
            values = {
                field.name: f"{PLANTED} {field.name}"
                for field in described.columns
                if field.personal
            }
            if described.object == "Contact":
                values |= {"Own__c": PLANTED, "Email": ADDRESS.upper()}
            if described.object == "OpportunityFieldHistory":
                values = {"Field": "NextStep", "OldValue": PLANTED, "NewValue": f"not {PLANTED}"}
            query = "select id from sf_record where object = ? and is_deleted = 0"
            ids = _ids(store, query, described.object)
            if values and ids:
                write = {"vendor": "salesforce", "deed": "write", "values": values}
                drift(opened, write | {"object": described.object, "id": ids[-1]})


def _rules(served: Served, tmp_path: Path, text: str) -> None:
    file = tmp_path / "fields.toml"
    file.write_text(text, encoding="utf-8")
    served.settings |= {FILE: str(file), KEY: "a key of some length"}


def _bytes(home: Home) -> Iterator[tuple[Path, bytes]]:
    for path in home.landing.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            yield path, gzip.decompress(body) if path.suffix == ".gz" else body


def _holding(home: Home, word: str) -> list[str]:
    return sorted(
        {
            path.parts[-3] + "/" + path.name
            for path, body in _bytes(home)
            if word.lower().encode() in body.lower()
        }
    )


def _landed(outcomes: list[Landed]) -> None:
    assert {outcome.status for outcome in outcomes} == {"landed"}, [
        (outcome.entity, outcome.reason) for outcome in outcomes if outcome.status != "landed"
    ]


@pytest.mark.parametrize("personal", ["drop", "hash"])
@pytest.mark.parametrize("source", ["hubspot", "salesforce"])
def test_no_planted_word_lands_by_any_route(
    store: Path, serve: Serve, home: Home, tmp_path: Path, source: str, personal: str
) -> None:
    _plant(store)
    served = serve(store)
    _rules(served, tmp_path, f'[{source}]\npersonal = "{personal}"\n')
    landed, _ = pull(served, home, source)
    _landed(landed)
    assert _holding(home, PLANTED) == []
    _plant_again(store)
    # By search and batch, or by Bulk, what came by list and REST before.
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    landed, _ = pull(served, home, source)
    _landed(landed)
    assert {one.entity for one in landed if one.rows} >= {"contacts", "tasks"}
    landed, _ = pull(served, home, source, mode="sweep")
    _landed(landed)
    assert _holding(home, PLANTED) == []
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        query = (
            "select column_name, table_name from duckdb_columns() where schema_name = ? "
            "and data_type = 'VARCHAR'"
        )
        for column, table in connection.execute(query, [f"raw_{source}"]).fetchall():
            found = connection.execute(
                f'select count(*) from raw_{source}."{table}" where "{column}" ilike ?',
                [f"%{PLANTED}%"],
            ).fetchone()
            assert found == (0,), (table, column)


def _plant_again(store: Path) -> None:
    """The records with what was planted are changed once more."""
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update hs_object set updated_at = updated_at + 1 where properties like ?",
            [f"%{PLANTED}%"],
        )


def test_without_rules_it_all_lands(store: Path, serve: Serve, home: Home) -> None:
    """The tests above would be empty if nothing had been planted where it can be found."""
    _plant(store)
    served = serve(store)
    pull(served, home, "hubspot")
    pull(served, home, "salesforce")
    entities = {name.partition("/")[0] for name in _holding(home, PLANTED)}
    assert entities >= {"contacts", "deals", "emails", "calls", "notes", "tickets", "leads"}
    assert entities >= {"opportunities", "opportunity_field_history", "tasks", "cases"}


@pytest.mark.parametrize("personal", ["drop", "hash"])
def test_what_comes_unasked_does_not_land_either(
    serve: Serve, tmp_path: Path, personal: str
) -> None:
    """Pipedrive answers with whole records, whatever is asked for."""
    open_home, closed_home = Home(tmp_path / "open"), Home(tmp_path / "closed")
    generate(tmp_path / "company.sqlite", deals=300, seed=7, has_partners=True)
    served = serve(tmp_path / "company.sqlite")
    served.settings |= environment(served.url, has_partners=True)
    pull(served, open_home, "pipedrive")
    _rules(served, tmp_path, f'[pipedrive]\npersonal = "{personal}"\n')
    landed, _ = pull(served, closed_home, "pipedrive")
    _landed(landed)
    with duckdb.connect(str(open_home.warehouse), read_only=True) as connection:
        values = connection.execute(
            "select distinct value from raw_pipedrive.person_emails union "
            "select distinct value from raw_pipedrive.person_phones union "
            "select distinct note from raw_pipedrive.activities where length(note) > 20"
        ).fetchall()
    planted = {json.dumps(value, ensure_ascii=False)[1:-1].encode() for (value,) in values if value}
    assert len(planted) > 10
    bodies = b"".join(body for _, body in _bytes(closed_home))
    assert [word for word in sorted(planted) if word in bodies] == []
    with duckdb.connect(str(closed_home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select count(*), count(owner_id), count(name) from raw_pipedrive.persons"
        ).fetchall()
        (users,) = connection.execute("select count(name) from raw_pipedrive.users").fetchall()
    assert rows[0][0] == rows[0][1] > 0
    assert (rows[0][2] > 0) is (personal == "hash")
    assert users > (0,)


def test_nothing_that_reports_rest_on_is_marked_as_personal() -> None:
    """Keys, links, owners, stamps, stages and amounts land whatever `personal` says."""
    telling = re.compile(
        r"id$|date|_at$|stage|amount|owner|pipeline|currency|status", re.IGNORECASE
    )
    for source in SOURCES.values():
        for entity in source.entities.values():
            marked = {f.name for table in entity.tables for f in table.columns if f.personal}
            assert not marked & entity.needed, entity.name
            assert [name for name in marked if telling.search(name)] == [], entity.name


def test_people_are_matched_by_the_hash_of_their_address(
    store: Path, serve: Serve, home: Home, tmp_path: Path
) -> None:
    _plant(store)
    served = serve(store)
    _rules(served, tmp_path, '[hubspot]\npersonal = "hash"\n[salesforce]\npersonal = "hash"\n')
    pull(served, home, "hubspot", "contacts")
    pull(served, home, "salesforce", "contacts")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select h.email from raw_hubspot.contacts h join raw_salesforce.contacts s "
            "on h.email = s.Email where h.email like '%@acme.example' and length(h.email) = 77"
        ).fetchall()
        (row,) = connection.execute(
            "select count(*), count(email), count(hubspot_owner_id), count(lifecyclestage) "
            "from raw_hubspot.contacts"
        ).fetchall()
    assert len(found) == 1
    assert min(row) > 0


def test_a_field_that_is_named_is_kept_left_out_or_hashed(
    store: Path, serve: Serve, home: Home, tmp_path: Path
) -> None:
    _plant(store)
    served = serve(store)
    _rules(
        served,
        tmp_path,
        '[hubspot]\npersonal = "drop"\n[hubspot.contacts]\nkeep = ["own_words"]\n'
        'hash = ["lastname"]\n[hubspot.deals]\nexclude = ["amount", "closedate"]\n'
        '[hubspot.owners]\nhash = ["email"]\n',
    )
    pull(served, home, "hubspot", "contacts", "deals", "owners")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        (contacts,) = connection.execute(
            "select count(own_words), count(email), count(firstname), "
            "count(lastname) filter (regexp_full_match(lastname, '[0-9a-f]{64}')), count(lastname) "
            "from raw_hubspot.contacts"
        ).fetchall()
        (deals,) = connection.execute(
            "select count(amount), count(closedate), count(dealname) from raw_hubspot.deals"
        ).fetchall()
        history = connection.execute(
            "select distinct property from raw_hubspot.property_history order by 1"
        ).fetchall()
        (owners,) = connection.execute(
            "select count(*) filter (email ~ '[0-9a-f]{64}@.*'), count(email), count(lastName) "
            "from raw_hubspot.owners"
        ).fetchall()
    assert contacts[:3] == (1, 0, 0)
    assert contacts[3] == contacts[4] > 0
    assert deals[:2] == (0, 0)
    assert deals[2] > 0
    assert ("dealstage",) in history
    assert not {("amount",), ("closedate",)} & set(history)
    assert owners[0] == owners[1] > 0
    assert owners[2] > 0


def test_a_mistake_in_the_rules_stops_before_anything_is_asked(
    company: Path, serve: Serve, home: Home, tmp_path: Path
) -> None:
    served = serve(company)
    _rules(served, tmp_path, '[hubspot.contact]\nhash = ["email"]\n')
    landed, loaded = pull(served, home, "hubspot", "contacts")
    (outcome,) = landed
    assert outcome.status == "failed"
    assert "no such entity" in str(outcome.reason)
    assert served.context.counts() == {}
    assert loaded == []


def test_a_field_that_a_rule_leaves_out_is_told_as_such(
    company: Path, serve: Serve, home: Home, tmp_path: Path
) -> None:
    served = serve(company)
    pull(served, home, "hubspot", "contacts")
    _rules(served, tmp_path, '[hubspot.contacts]\nexclude = ["phone"]\n')
    pull(served, home, "hubspot", "contacts")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        assert connection.execute(
            "select field, change, reason from _ingestion.schema_changes"
        ).fetchall() == [("phone", "removed", "left out by a field rule")]


@pytest.mark.xdist_group("dbt_build")
def test_staging_builds_without_personal_fields_and_after_a_change_of_type(
    store: Path, serve: Serve, home: Home, tmp_path: Path
) -> None:
    served = serve(store)
    _rules(served, tmp_path, '[hubspot]\npersonal = "hash"\n[salesforce]\npersonal = "drop"\n')
    for source in ("hubspot", "salesforce"):
        pull(served, home, source)
    (deal, *_) = _ids(store, "select id from hs_object where type = 'deals' and archived = 0")
    with Store(store) as opened:
        deed = {"vendor": "hubspot", "type": "deals"}
        drift(opened, deed | {"deed": "change_property", "name": "amount", "kind": "string"})
        drift(opened, deed | {"deed": "write", "id": deal, "values": {"amount": "a lot"}})
    pull(served, home, "hubspot", "deals")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        query = "select amount, amount__text from raw_hubspot.deals where id = ?"
        assert connection.execute(query, [str(deal)]).fetchall() == [(None, "a lot")]
    done = subprocess.run(
        [
            *(
                str(Path(sys.executable).with_name("dbt")),
                "build",
                "--select",
                "staging.hubspot",
                "staging.salesforce",
            ),
            *("--exclude-resource-type", "unit_test"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")),
            *("--vars", '{"as_of": "2026-11-03T15:00:00Z"}'),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(home.warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
