"""Objects that a portal or an org has made itself: found, read, linked, loaded, told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from ingestion.__main__ import OK, USAGE, main
from ingestion.engine.landing import folders, read_manifest
from ingestion.model import Landed
from ingestion.run import SOURCES, Home, land, load, rebuild
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]
FIELDS = {"serial": "string", "hours": "number", "bought_on": "date"}
MACHINES = [
    {"serial": "A-1", "hours": "10.5", "bought_on": "2026-01-31"},
    {"serial": "A-2", "hours": "many"},
]


def _do(served: Served, vendor: str, deed: str, **what: object) -> None:
    body = {"vendor": vendor, "deed": deed, **what}
    answer = requests.post(f"{served.url}/_control/drift", json=body, timeout=5)
    assert answer.status_code == 200, answer.text


def _rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def served(store: Path, serve: Serve) -> Served:
    return serve(store)


@pytest.fixture
def deal(store: Path) -> int:
    with sqlite3.connect(store) as connection:
        (found,) = connection.execute(
            "select id from hs_object where type = 'deals' and archived = 0 limit 1"
        ).fetchone()
    return int(found)


@pytest.fixture
def machines(served: Served, deal: int) -> Served:
    links = {"deals": [[1, deal], [2, deal]]}
    _do(
        served,
        "hubspot",
        "add_object",
        name="machine",
        number=77,
        properties=FIELDS,
        records=MACHINES,
        links=links,
    )
    return served


def _own(landed: list[Landed]) -> list[tuple[str, str]]:
    return [(one.entity, one.status) for one in landed if one.entity.startswith("custom")]


def test_a_portal_s_own_object_is_found_with_all_and_read_like_any_other(
    machines: Served, deal: int, home: Home
) -> None:
    landed, loaded = pull(machines, home, "hubspot")
    assert _own(landed) == [("custom_machine", "landed")]
    assert {one.status for one in loaded} == {"loaded"}
    query = (
        "select id, serial, hours::double, hours__text, bought_on::varchar "
        "from raw_hubspot.custom_machine order by id"
    )
    assert _rows(home, query) == [
        ("1", "A-1", 10.5, None, "2026-01-31"),
        ("2", "A-2", None, "many", None),
    ]
    links = (
        "select from_id, to_type, to_id, category, label from raw_hubspot.associations "
        "where from_type = 'custom_machine' order by 1"
    )
    assert _rows(home, links) == [
        (key, "deals", str(deal), "USER_DEFINED", "machine of") for key in ("1", "2")
    ]
    # What is free text in it may be about anybody.
    assert _rows(
        home,
        "select field, is_personal from _ingestion.fields where entity = 'custom_machine' "
        "and field in ('serial', 'hours') order by 1",
    ) == [("hours", False), ("serial", True)]


def test_all_of_them_are_asked_for_by_one_name(
    machines: Served,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    landed, loaded = pull(machines, home, "hubspot", "custom_objects")
    assert [(one.entity, one.status) for one in landed] == [("custom_machine", "landed")]
    assert [(one.entity, one.status) for one in loaded] == [("custom_machine", "loaded")]
    for name, value in machines.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)
    assert main(["pull", "hubspot", "custom_objects"]) == OK
    assert main(["pull", "salesforce", "custom_objects"]) == OK
    # A CRM in which nobody makes objects has no such name.
    assert main(["pull", "pipedrive", "custom_objects"]) == USAGE
    capsys.readouterr()
    unset = dict.fromkeys(machines.settings, "")
    (one,) = land("hubspot", ["custom_objects"], settings=unset, home=home, mode="incremental")
    assert (one.entity, one.status) == ("custom_objects", "not_configured")


def test_its_changes_are_searched_and_what_vanished_is_marked(
    machines: Served, store: Path, home: Home
) -> None:
    entity = "custom_machine"
    pull(machines, home, "hubspot", "deals", entity)
    _do(machines, "hubspot", "write", type="machine", id=1, values={"hours": "11"})
    ((landed,), _) = pull(machines, home, "hubspot", entity)
    assert landed.rows == 1
    hours = "select hours::int from raw_hubspot.custom_machine where id = '1'"
    assert _rows(home, hours) == [(11,)]
    with sqlite3.connect(store) as connection:
        connection.execute("delete from hs_object where type = 'machine' and id = 2")
    pull(machines, home, "hubspot", entity, mode="sweep")
    gone = "select id from raw_hubspot.custom_machine where _is_deleted"
    assert _rows(home, gone) == [("2",)]
    # Its links are left with it.
    links = "select distinct from_id from raw_hubspot.associations where from_type = 'custom_machine'"  # fmt: skip
    assert _rows(home, links) == [("1",)]


def test_it_is_made_anew_from_landing_without_the_api(machines: Served, home: Home) -> None:
    pull(machines, home, "hubspot")
    before = contents(home)
    assert before["raw_hubspot.custom_machine"]
    rebuild("hubspot", home=home)
    assert contents(home) == before


def test_links_that_its_schema_does_not_have_are_not_asked_for(
    machines: Served, home: Home
) -> None:
    pull(machines, home, "hubspot", "custom_machine")
    _do(machines, "hubspot", "write", type="machine", id=1, values={"hours": "11"})
    pull(machines, home, "hubspot", "custom_machine")
    newest = folders(home.landing, "hubspot", "custom_machine")[-1]
    asked = {page.context.get("to_type") for page in read_manifest(newest).pages if page.asked}
    assert asked == {"deals"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("all", [("custom_machine", "landed")]), ("none", []), ("machine", [("custom_machine", "landed")])],
)  # fmt: skip
def test_the_settings_say_which(
    machines: Served, home: Home, wanted: str, expected: list[tuple[str, str]]
) -> None:
    machines.settings["HUBSPOT_CUSTOM_OBJECTS"] = wanted
    names = list(SOURCES["hubspot"].entities)
    landed = land("hubspot", names, settings=machines.settings, home=home, mode="incremental")
    assert _own(landed) == expected


def test_a_name_that_is_not_there_is_told_and_the_rest_is_read(
    machines: Served, home: Home
) -> None:
    machines.settings["HUBSPOT_CUSTOM_OBJECTS"] = "machine, mashine"
    names = list(SOURCES["hubspot"].entities)
    landed = land("hubspot", names, settings=machines.settings, home=home, mode="incremental")
    assert _own(landed) == [("custom_objects", "failed")]
    assert "no object mashine" in str(landed[-1].reason)
    assert {one.status for one in landed[:-1]} == {"landed"}


def test_without_the_scope_they_are_skipped_with_the_reason(machines: Served, home: Home) -> None:
    machines.context.withheld_scopes = frozenset(
        {"crm.schemas.custom.read", "crm.objects.custom.read"}
    )
    names = list(SOURCES["hubspot"].entities)
    landed = land("hubspot", names, settings=machines.settings, home=home, mode="incremental")
    assert _own(landed) == [("custom_objects", "skipped")]
    assert landed[-1].reason
    assert {one.status for one in landed[:-1]} == {"landed"}
    assert {one.status for one in load("hubspot", names, home=home)} == {"loaded"}


def test_the_command_line_takes_their_names(
    machines: Served, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in machines.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)
    assert main(["pull", "hubspot", "machine"]) == USAGE
    assert main(["pull", "hubspot", "custom_machine"]) == OK
    assert _rows(home, "select count(*) from raw_hubspot.custom_machine") == [(2,)]


@pytest.fixture
def invoices(served: Served) -> Served:
    _do(
        served,
        "salesforce",
        "add_object",
        name="Invoice__c",
        fields={"Total__c": "currency", "Paid__c": "boolean", "Note__c": "textarea"},
        records=[
            {"Total__c": 12.5, "Paid__c": True, "Note__c": "thanks"},
            {"Total__c": 7, "Paid__c": False},
        ],
    )
    return served


def test_of_an_org_s_own_objects_only_those_named_are_read(invoices: Served, home: Home) -> None:
    landed, _ = pull(invoices, home, "salesforce")
    assert _own(landed) == []
    invoices.settings["SALESFORCE_CUSTOM_OBJECTS"] = "invoice__C"
    landed, loaded = pull(invoices, home, "salesforce")
    assert _own(landed) == [("custom_invoice__c", "landed")]
    assert {one.status for one in loaded} == {"loaded"}
    assert _rows(
        home,
        "select Name, Total__c::double, Paid__c, Note__c from raw_salesforce.custom_invoice__c "
        "order by Name",
    ) == [("No 1", 12.5, True, "thanks"), ("No 2", 7.0, False, None)]
    assert _rows(
        home,
        "select field from _ingestion.fields where entity = 'custom_invoice__c' and is_personal "
        "order by 1",
    ) == [("Name",), ("Note__c",)]


def test_all_of_an_org_s_own_objects_means_those_that_hold_records(
    invoices: Served, store: Path, home: Home
) -> None:
    _do(invoices, "salesforce", "add_object", name="Setting__c")
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update sf_object set describe = json_set(describe, '$.customSetting', json('true')) "
            "where name = 'Setting__c'"
        )
    invoices.settings["SALESFORCE_CUSTOM_OBJECTS"] = "all"
    names = list(SOURCES["salesforce"].entities)
    landed = land("salesforce", names, settings=invoices.settings, home=home, mode="incremental")
    assert _own(landed) == [("custom_invoice__c", "landed")]
    invoices.settings["SALESFORCE_CUSTOM_OBJECTS"] = "Invoice__c,Missing__c"
    landed = land("salesforce", names, settings=invoices.settings, home=home, mode="incremental")
    assert _own(landed) == [("custom_objects", "failed")]
    assert "no custom object Missing__c" in str(landed[-1].reason)


@pytest.mark.parametrize(
    ("source", "name"),
    [("hubspot", "machine"), ("salesforce", "custom_machine"), ("salesforce", "Invoice__c")],
)
def test_other_names_are_no_entities(source: str, name: str) -> None:
    with pytest.raises(KeyError):
        SOURCES[source].entity(name)
