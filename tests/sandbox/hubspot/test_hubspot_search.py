"""Search: filters, orders, borders and the records that it does not show."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox.hubspot.portal import DAY, HOUR, NOW, deal_id, put, record
from tests.sandbox.hubspot.served import Served

START = NOW - 100 * DAY
PATH = "/crm/objects/2026-03/deals/search"


def rule(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    given = {} if value is None else {"value": str(value)}
    return {"propertyName": name, "operator": operator, **given, **more}


def search(served: Served, *filters: dict[str, Any], **body: Any) -> dict[str, Any]:
    groups = [{"filters": list(filters)}]
    answer = served.post(PATH, {"limit": 100, "filterGroups": groups, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def numbers(found: dict[str, Any]) -> list[int]:
    names = [row["properties"]["dealname"] for row in found["results"]]
    return [int(name.removeprefix("Deal ")) for name in names]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([rule("hs_lastmodifieddate", "GTE", START + 57 * DAY)], [57, 58, 59]),
        ([rule("hs_lastmodifieddate", "GT", START + 58 * DAY + HOUR + 415)], [59]),
        ([rule("hs_lastmodifieddate", "LTE", START + DAY + HOUR + 415)], [0, 1]),
        ([rule("hs_lastmodifieddate", "LT", START + DAY + HOUR + 415)], [0]),
        ([rule("hs_lastmodifieddate", "GTE", "2025-09-22T00:00:00Z")], [58, 59]),
        ([rule("createdate", "BETWEEN", START, highValue=str(START + DAY))], [0, 1]),
        ([rule("closedate", "LT", "2025-07-28")], [0, 1]),
        ([rule("signed_on", "EQ", "1761868800000"), rule("amount", "GTE", 5800)], [58, 59]),
        ([rule("amount", "EQ", "100.0")], [1]),
        ([rule("amount", "LT", 200)], [0, 1]),
        ([rule("amount", "NOT_HAS_PROPERTY")], [3]),
        ([rule("dealname", "EQ", "deal 7")], [7]),
        ([rule("dealname", "IN", values=["deal 7", "Deal 8"])], [7]),
        ([rule("dealstage", "EQ", "CLOSEDWON")], []),
        ([rule("dealname", "CONTAINS_TOKEN", "12")], [12]),
        ([rule("dealname", "CONTAINS_TOKEN", "5*"), rule("amount", "LT", 5200)], [5, 50, 51]),
        (
            [rule("dealname", "NOT_CONTAINS_TOKEN", "deal")],
            [],
        ),
        ([rule("amount", "HAS_PROPERTY"), rule("amount", "LTE", 400)], [0, 1, 2, 4]),
        ([rule("amount", "NOT_IN", values=["0", "100"]), rule("amount", "LT", 300)], [2]),
        ([rule("amount", "NEQ", "0"), rule("amount", "LT", 300)], [1, 2]),
        ([rule("hs_object_id", "EQ", deal_id(9))], [9]),
        ([rule("associations.contact", "EQ", 1000)], [0]),
        ([rule("associations.companies", "IN", values=["500", "501"])], [0]),
    ],
)
def test_filters(shared: Served, filters: list[dict[str, Any]], expected: list[int]) -> None:
    assert numbers(search(shared, *filters)) == expected


def test_groups_are_alternatives(shared: Served) -> None:
    groups = [
        {"filters": [rule("amount", "EQ", 100)]},
        {"filters": [rule("amount", "EQ", 200), rule("dealname", "EQ", "deal 2")]},
    ]

    assert numbers(search(shared, filterGroups=groups)) == [1, 2]


def test_without_sort_the_oldest_comes_first_whatever_its_id(shared: Served) -> None:
    found = search(shared)

    ids = [int(row["id"]) for row in found["results"]]
    assert numbers(found) == list(range(60))
    assert ids != sorted(ids)


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        ([{"propertyName": "amount", "direction": "DESCENDING"}], [59, 58, 57]),
        (["createdate"], [0, 1, 2]),
        ([{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}], [59, 58, 57]),
    ],
)
def test_sorts(shared: Served, sorts: list[Any], expected: list[int]) -> None:
    assert numbers(search(shared, sorts=sorts, limit=3)) == expected


def test_pages_by_offset_without_links(shared: Served) -> None:
    first = search(shared, limit=50)
    rest = search(shared, limit=50, after=first["paging"]["next"]["after"])

    assert first["total"] == 60
    assert first["paging"] == {"next": {"after": "50"}}
    assert numbers(rest) == list(range(50, 60))
    assert "paging" not in rest


def test_empty_parts_mean_all(shared: Served) -> None:
    body = {"after": "", "sorts": [], "query": "", "filterGroups": [{"filters": []}]}

    answer = shared.post(PATH, body).json()

    assert answer["total"] == 60
    assert len(answer["results"]) == 10


def test_free_text_looks_into_the_searchable_properties(shared: Served) -> None:
    found = shared.post("/crm/v3/objects/contacts/search", {"query": "PERSON12@"}).json()

    assert [row["id"] for row in found["results"]] == ["1012"]


def test_contacts_filtered_by_the_wrong_date_are_none(shared: Served) -> None:
    for name, total in (("hs_lastmodifieddate", 0), ("lastmodifieddate", 130)):
        body = {"filterGroups": [{"filters": [rule(name, "GTE", START)]}]}
        answer = shared.post("/crm/v3/objects/contacts/search", body)

        assert (answer.status_code, answer.json()["total"]) == (200, total)


def test_archived_merged_and_erased_records_are_never_found(shared: Served) -> None:
    found = search(shared, rule("hs_object_id", "LT", 100))

    assert found["total"] == 0


def test_records_carry_neither_links_nor_history(shared: Served) -> None:
    row = search(shared, limit=1, properties=["dealname"])["results"][0]

    assert set(row) == {"id", "properties", "createdAt", "updatedAt", "archived", "url"}


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"limit": 1, "after": "10000"},
        {"sorts": ["createdate", "amount"]},
        {"filterGroups": [{"filters": [rule("amount", "EQ", 1)]}] * 6},
        {"filterGroups": [{"filters": [rule("amount", "EQ", 1)] * 7}]},
        {"filterGroups": [{"filters": [rule("amount", "EQ", 1)] * 5}] * 4},
        {"filterGroups": [{"filters": [rule("no_such", "EQ", 1)]}]},
        {"filterGroups": [{"filters": [rule("amount", "LIKE", 1)]}]},
        {"filterGroups": [{"filters": [rule("amount", "EQ", "much")]}]},
        {"query": "x" * 3000},
        {"after": "next"},
    ],
)
def test_refuses_what_goes_over_its_limits(shared: Served, body: dict[str, Any]) -> None:
    answer = shared.post(PATH, body)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_the_last_page_below_ten_thousand_is_answered(shared: Served) -> None:
    assert shared.post(PATH, {"limit": 200, "after": "9800"}).status_code == 200


def test_a_window_that_starts_at_the_epoch_breaks_the_vendor(shared: Served) -> None:
    body = {"filterGroups": [{"filters": [rule("hs_lastmodifieddate", "GT", "0")]}]}

    assert shared.post(PATH, body).status_code == 500


def test_a_changed_record_is_found_only_once_it_is_indexed(own: Served) -> None:
    soon = int(time.time() * 1000) + 400
    fresh = record("deals", 5, NOW, NOW, dealname="Deal 99")
    put(own.context.path, fresh._replace(indexed_at=soon))
    filters = [rule("hs_lastmodifieddate", "GTE", NOW)]

    before = search(own, *filters)["total"]
    time.sleep(0.5)
    after = search(own, *filters)["total"]

    assert (before, after) == (0, 1)
    assert own.get("/crm/v3/objects/deals/5").status_code == 200


def test_a_record_changed_between_two_pages_shifts_the_offsets(own: Served) -> None:
    sorts = [{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}]
    first = search(own, limit=30, sorts=sorts)
    put(own.context.path, record("deals", deal_id(0), START, NOW, dealname="Deal 0"))

    second = search(own, limit=30, sorts=sorts, after="30")

    assert numbers(first)[-1] == 29
    assert numbers(second)[0] == 31
    assert numbers(second)[-1] == 0


def test_more_than_ten_thousand_may_share_one_millisecond(own: Served) -> None:
    rows = [record("companies", 10_000 + n, NOW, NOW, name="Bulk") for n in range(10_050)]
    put(own.context.path, *rows)
    same = rule("hs_lastmodifieddate", "EQ", NOW)
    path = "/crm/v3/objects/companies/search"

    first = own.post(path, {"limit": 200, "filterGroups": [{"filters": [same]}]}).json()
    keyset = [same, rule("hs_object_id", "GT", 19_999)]
    rest = own.post(
        path, {"limit": 200, "sorts": ["hs_object_id"], "filterGroups": [{"filters": keyset}]}
    ).json()

    assert first["total"] == 10_050
    assert [row["id"] for row in rest["results"]] == [str(id) for id in range(20_000, 20_050)]
