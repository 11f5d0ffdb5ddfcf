"""Deleting, merging and erasing through the API."""

from __future__ import annotations

import pytest

from tests.sandbox.hubspot.portal import deal_id
from tests.sandbox.hubspot.served import Served

WINNER, LOSER = str(deal_id(1)), str(deal_id(0))


def test_a_deleted_record_moves_to_the_bin(own: Served) -> None:
    answer = own.ask("DELETE", f"/crm/v3/objects/deals/{LOSER}")

    archived = own.get("/crm/v3/objects/deals", archived="true").json()["results"]
    assert answer.status_code == 204
    assert [row["id"] for row in archived] == ["42", LOSER]
    assert own.get(f"/crm/v3/objects/deals/{LOSER}").status_code == 404
    assert own.post("/crm/v3/objects/deals/search", {}).json()["total"] == 59


def test_a_merge_leaves_one_record_with_both_ones_links(own: Served) -> None:
    before = own.get(f"/crm/v3/objects/deals/{WINNER}").json()
    body = {"primaryObjectId": WINNER, "objectIdToMerge": LOSER}

    answer = own.post("/crm/objects/2026-03/deals/merge", body)

    after = own.get(
        f"/crm/v3/objects/deals/{LOSER}",
        properties="hs_merged_object_ids",
        associations="companies,contacts",
    ).json()
    assert answer.json()["id"] == WINNER
    assert after["id"] == WINNER
    assert after["properties"]["hs_merged_object_ids"] == LOSER
    assert after["updatedAt"] > before["updatedAt"]
    assert after["updatedAt"] == after["properties"]["hs_lastmodifieddate"]
    assert len(after["associations"]["companies"]["results"]) == 3
    archived = own.get("/crm/v3/objects/deals", archived="true").json()["results"]
    assert LOSER not in {row["id"] for row in archived}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"primaryObjectId": WINNER, "objectIdToMerge": WINNER}, 400),
        ({"primaryObjectId": WINNER, "objectIdToMerge": "1"}, 404),
        ({"primaryObjectId": WINNER, "objectIdToMerge": "42"}, 404),
    ],
)
def test_refuses_a_merge_of_what_is_not_two_live_records(
    own: Served, body: dict[str, str], status: int
) -> None:
    assert own.post("/crm/v3/objects/deals/merge", body).status_code == status


@pytest.mark.parametrize(
    "body", [{"objectId": "1000"}, {"objectId": "person0@buyer.example", "idProperty": "email"}]
)
def test_an_erased_contact_leaves_no_trace(own: Served, body: dict[str, str]) -> None:
    answer = own.post("/crm/v3/objects/contacts/gdpr-delete", body)

    assert answer.status_code == 204
    for parameters in ({}, {"archived": "true"}):
        assert own.get("/crm/v3/objects/contacts/1000", **parameters).status_code == 404
    links = own.get(f"/crm/v4/objects/deals/{LOSER}/associations/contacts").json()
    assert links["results"] == []
    assert b"person0@buyer" not in own.get("/crm/v3/objects/contacts", limit=100).content


def test_search_learns_of_a_change_only_after_the_lag(own: Served) -> None:
    own.post("/_control/search_lag", {"ms": 60_000})
    own.post("/crm/v3/objects/deals/merge", {"primaryObjectId": WINNER, "objectIdToMerge": LOSER})

    assert own.post("/crm/v3/objects/deals/search", {}).json()["total"] == 58
    assert own.get(f"/crm/v3/objects/deals/{WINNER}").status_code == 200
