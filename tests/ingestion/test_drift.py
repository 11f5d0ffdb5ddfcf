"""Fields that come, go, change their type or name in the sandbox: nothing is lost, all is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from ingestion.engine.drift import LABEL_ONLY, SAME_LABEL, UNTOLD
from ingestion.run import Home, rebuild
from tests.ingestion.conftest import Served, contents, pull

Serve = Callable[[Path], Served]
Row = tuple[Any, ...]


def _do(served: Served, vendor: str, deed: str, **what: object) -> None:
    body = {"vendor": vendor, "deed": deed, **what}
    answer = requests.post(f"{served.url}/_control/drift", json=body, timeout=5)
    assert answer.status_code == 200, answer.text


def _rows(home: Home, query: str) -> list[Row]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _changes(home: Home) -> list[Row]:
    return _rows(
        home,
        "select field, change, old, new, reason from _ingestion.schema_changes "
        "order by load_id, field, change",
    )


def _ids(store: Path, query: str) -> list[Any]:
    with sqlite3.connect(store) as connection:
        return [row[0] for row in connection.execute(query)]


def _deals(store: Path, count: int) -> list[int]:
    return _ids(
        store, f"select id from hs_object where type = 'deals' and archived = 0 limit {count}"
    )


@pytest.fixture
def served(store: Path, serve: Serve) -> Served:
    return serve(store)


def test_a_new_property_is_a_column_and_a_line(served: Served, store: Path, home: Home) -> None:
    pull(served, home, "hubspot", "deals")
    assert _changes(home) == []
    _do(served, "hubspot", "add_property", type="deals", name="margin", kind="number")
    (deal,) = _deals(store, 1)
    _do(served, "hubspot", "write", type="deals", id=deal, values={"margin": "12.5"})
    (_, (loaded,)) = pull(served, home, "hubspot", "deals")
    assert loaded.columns_added == ("margin",)
    assert _changes(home) == [("margin", "added", None, "number", None)]
    query = "select id, margin::double from raw_hubspot.deals where margin is not null"
    assert _rows(home, query) == [(str(deal), 12.5)]
    assert _rows(
        home, "select type, label, is_personal from _ingestion.fields where field = 'margin'"
    ) == [("number", "Margin", False)]


def test_a_property_in_the_bin_keeps_its_column_and_comes_back(
    served: Served, store: Path, home: Home
) -> None:
    pull(served, home, "hubspot", "deals")
    query = "select count(coupon_code) from raw_hubspot.deals"
    before = _rows(home, query)
    assert before > [(0,)]
    _do(served, "hubspot", "archive_property", type="deals", name="coupon_code")
    for deal in _deals(store, 20):
        _do(served, "hubspot", "write", type="deals", id=deal, values={"dealname": "renamed"})
    pull(served, home, "hubspot", "deals")
    assert _rows(home, query) == before
    ((field, change, old, _, reason),) = _changes(home)
    assert (field, change, old) == ("coupon_code", "removed", "text")
    assert str(reason).startswith("archived in HubSpot on 2026-")
    _do(served, "hubspot", "restore_property", type="deals", name="coupon_code")
    pull(served, home, "hubspot", "deals")
    assert _changes(home)[1:] == [("coupon_code", "returned", None, "text", None)]
    _do(served, "hubspot", "purge_property", type="deals", name="coupon_code")
    pull(served, home, "hubspot", "deals")
    assert _changes(home)[2:] == [("coupon_code", "removed", "text", None, UNTOLD)]
    assert _rows(home, query) == before


def test_definitions_in_the_bin_stand_in_raw_with_their_mark(served: Served, home: Home) -> None:
    _do(served, "hubspot", "archive_property", type="deals", name="coupon_code")
    pull(served, home, "hubspot", "properties")
    assert _rows(
        home,
        "select _is_deleted, archivedAt is not null from raw_hubspot.properties "
        "where object_type = 'deals' and name in ('coupon_code', 'amount') order by name",
    ) == [(False, False), (True, True)]


def test_another_label_is_told_and_moves_nothing(served: Served, home: Home) -> None:
    pull(served, home, "hubspot", "deals")
    _do(
        served,
        "hubspot",
        "change_property",
        type="deals",
        name="coupon_code",
        label="Promotion code",
    )
    ((_, (loaded,))) = pull(served, home, "hubspot", "deals")
    assert loaded.columns_added == ()
    assert _changes(home) == [
        ("coupon_code", "renamed", "Coupon code", "Promotion code", LABEL_ONLY)
    ]


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "expected"),
    [
        # (kind before, kind after, a value before, values after, (column, beside it) after)
        ("number", "string", "5", ["abc", "007", "7"], [(None, "abc"), ("7", "007"), ("7", None)]),
        ("string", "number", "abc", ["5"], [("5", None)]),
        (
            "date",
            "datetime",
            "2026-01-31",
            ["2026-02-01T10:00:00Z", "2026-02-02T00:00:00Z"],
            [(None, "2026-02-01T10:00:00Z"), ("2026-02-02", None)],
        ),
        ("enumeration", "bool", "maybe", ["true"], [("true", None)]),
    ],
)
def test_a_retyped_property_keeps_old_and_new_values(
    served: Served,
    store: Path,
    home: Home,
    before: str,
    after: str,
    old: str,
    new: list[str],
    expected: list[tuple[str | None, str | None]],
) -> None:
    first, *others = _deals(store, 4)
    _do(served, "hubspot", "add_property", type="deals", name="odd", kind=before)
    _do(served, "hubspot", "write", type="deals", id=first, values={"odd": old})
    pull(served, home, "hubspot", "deals")
    kept = f"select odd from raw_hubspot.deals where id = '{first}'"
    was = _rows(home, kept)
    assert was != [(None,)]
    _do(served, "hubspot", "change_property", type="deals", name="odd", kind=after)
    for deal, value in zip(others, new, strict=False):
        _do(served, "hubspot", "write", type="deals", id=deal, values={"odd": value})
    pull(served, home, "hubspot", "deals")
    assert _rows(home, kept) == was
    columns = {
        name
        for (name,) in _rows(
            home, "select column_name from duckdb_columns() where table_name = 'deals'"
        )
    }
    beside = "odd__text" if "odd__text" in columns else "null"
    found = {
        key: (own.removesuffix(".0000000000") if own else None, other)
        for key, own, other in _rows(
            home, f"select id, odd::varchar, {beside} from raw_hubspot.deals"
        )
    }
    for deal, values in zip(others, expected, strict=False):
        assert found[str(deal)] == values
    assert [row[:2] for row in _changes(home)] == [("odd", "retyped")]
    rebuilt = contents(home)
    rebuild("hubspot", home=home)
    assert contents(home) == rebuilt
    assert [row[:2] for row in _changes(home)] == [("odd", "retyped")]


def test_a_sensitive_property_is_read_where_the_app_may(
    served: Served, store: Path, home: Home, tmp_path: Path
) -> None:
    for level in ("sensitive", "highly_sensitive"):
        _do(
            served,
            "hubspot",
            "add_property",
            type="contacts",
            name=f"a_{level}_one",
            kind="number",
            sensitivity=level,
        )
    pull(served, home, "hubspot", "contacts", "properties")
    query = "select field, is_personal from _ingestion.fields where field like 'a_%sensitive_one'"
    assert _rows(home, f"{query} order by 1") == [
        ("a_highly_sensitive_one", True),
        ("a_sensitive_one", True),
    ]
    assert _rows(
        home,
        "select dataSensitivity from raw_hubspot.properties where name like 'a_%one' order by 1",
    ) == [("highly_sensitive",), ("sensitive",)]
    other = Home(tmp_path / "other")
    served.context.withheld_scopes = frozenset({"crm.objects.sensitive.read"})
    ((landed, *_), _) = pull(served, other, "hubspot", "contacts", "properties")
    assert landed.status == "landed"
    assert _rows(other, query) == []


def test_salesforce_fields_come_go_and_change_their_names(served: Served, home: Home) -> None:
    _do(
        served,
        "salesforce",
        "add_field",
        object="Opportunity",
        name="Region__c",
        label="Region",
        value="South",
    )
    pull(served, home, "salesforce", "opportunities")
    _do(
        served,
        "salesforce",
        "rename_field",
        object="Opportunity",
        name="Region__c",
        to="Sales_Region__c",
    )
    _do(served, "salesforce", "add_field", object="Opportunity", name="Margin__c", kind="double")
    # What the user may not see any more is told in no other way.
    _do(served, "salesforce", "remove_field", object="Opportunity", name="Loss_Reason__c")
    ((landed,), (loaded,)) = pull(served, home, "salesforce", "opportunities", mode="full")
    assert landed.status == "landed", landed.reason
    assert set(loaded.columns_added) == {"Sales_Region__c", "Margin__c"}
    assert _changes(home) == [
        ("Loss_Reason__c", "removed", "text", None, UNTOLD),
        ("Margin__c", "added", None, "number", None),
        ("Sales_Region__c", "renamed", "Region__c", "Sales_Region__c", SAME_LABEL),
    ]
    assert _rows(
        home,
        "select distinct Region__c, Sales_Region__c from raw_salesforce.opportunities "
        "where not _is_deleted",
    ) == [("South", "South")]
    assert _rows(home, "select count(Loss_Reason__c) > 0 from raw_salesforce.opportunities") == [
        (True,)
    ]


def test_what_changes_in_silence_comes_with_the_sweep(
    served: Served, store: Path, home: Home
) -> None:
    silent = {
        "hs_v2_time_in_current_stage": "2026-01-02T03:04:05Z",  # by its name
        "num_associated_contacts": "77",  # fieldType calculation_rollup
        "hs_forecast_amount": "1234.5",  # read-only, and no other sign of it
    }
    (deal,) = _deals(store, 1)
    (opportunity,) = _ids(
        store, "select id from sf_record where object = 'Opportunity' and is_deleted = 0 limit 1"
    )
    pull(served, home, "hubspot", "deals")
    pull(served, home, "salesforce", "opportunities")
    _do(served, "hubspot", "write", type="deals", id=deal, values=silent, silent=True)
    _do(
        served,
        "salesforce",
        "write",
        object="Opportunity",
        id=opportunity,
        values={"Days_Open__c": 4321},
        silent=True,
    )
    query = (
        "select hs_v2_time_in_current_stage::varchar, num_associated_contacts::int, "
        f"hs_forecast_amount::double from raw_hubspot.deals where id = '{deal}'"
    )
    formula = (
        f"select Days_Open__c::int from raw_salesforce.opportunities where Id = '{opportunity}'"
    )
    pull(served, home, "hubspot", "deals")
    pull(served, home, "salesforce", "opportunities")
    before = _rows(home, query)
    assert before != [("2026-01-02 03:04:05", 77, 1234.5)]
    assert _rows(home, formula) != [(4321,)]
    pull(served, home, "hubspot", "deals", mode="sweep")
    pull(served, home, "salesforce", "opportunities", mode="sweep")
    assert _rows(home, query) == [("2026-01-02 03:04:05", 77, 1234.5)]
    assert _rows(home, formula) == [(4321,)]
    assert _changes(home) == []


def test_labels_of_the_portal_s_own_come_by_both_routes_and_are_read_again(
    served: Served, store: Path, home: Home
) -> None:
    """A list says `champion_for`, the association API says number and label: raw has the latter."""
    query = (
        "select distinct l.from_id, l.to_id from hs_association l join hs_object d on "
        "d.type = 'deals' and d.id = l.from_id and d.archived = 0 "
        "and json_extract(d.properties, '$.hs_is_closed') = 'false' join hs_object c on "
        "c.type = 'contacts' and c.id = l.to_id and c.archived = 0 "
        "where l.from_type = 'deals' and l.to_type = 'contacts' limit 2"
    )

    def label(link: tuple[int, int], text: str) -> None:
        with sqlite3.connect(store) as connection:
            connection.execute(
                "insert or replace into hs_association values "
                "('deals', ?, 'contacts', ?, 77, 'USER_DEFINED', ?)",
                [*link, text],
            )

    def labels() -> list[Row]:
        return _rows(
            home,
            "select from_id, to_id, category, label from raw_hubspot.associations "
            "where type_id = 77 order by label",
        )

    with sqlite3.connect(store) as connection:
        one, other = connection.execute(query).fetchall()
    texts = [tuple(map(str, link)) for link in (one, other)]
    label(one, "Champion for")
    pull(served, home, "hubspot", "deals")  # by the list
    assert labels() == [(*texts[0], "USER_DEFINED", "Champion for")]
    label(other, "Signs for")
    label(one, "Backs")
    pull(served, home, "hubspot", "deals")  # by the association API, for no stamp has moved
    assert labels() == [
        (*texts[0], "USER_DEFINED", "Backs"),
        (*texts[1], "USER_DEFINED", "Signs for"),
    ]
    # A link of several types says so, and one company is the primary one.
    primary = "select count(*) from raw_hubspot.associations where to_type = 'companies' and label = 'Primary'"  # fmt: skip
    assert _rows(home, primary) > [(0,)]
