"""Pages: their size, their addresses, their end."""

from __future__ import annotations

import pytest

from sandbox.salesforce.cursors import Cursor, Cursors
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.execute import IdList
from sandbox.salesforce.instants import DAY_MS
from tests.sandbox.salesforce.small_org import ACCOUNTS, Caller


def pages(org: Caller, soql: str, *, deleted: bool = False, **kwargs: object) -> list[dict]:
    found = [org.query(soql, deleted=deleted, **kwargs).json()]
    while not found[-1]["done"]:
        found.append(org.get(found[-1]["nextRecordsUrl"], **kwargs).json())
    return found


def sizes(found: list[dict]) -> list[int]:
    return [len(page["records"]) for page in found]


def test_pages_hold_two_thousand_rows_and_the_whole_size(org: Caller) -> None:
    found = pages(org, "SELECT Id FROM Account ORDER BY Id")
    assert sizes(found) == [2000, 2000, ACCOUNTS - 4002]
    assert {page["totalSize"] for page in found} == {ACCOUNTS - 2}
    assert "nextRecordsUrl" not in found[-1]
    ids = [record["Id"] for page in found for record in page["records"]]
    assert len(set(ids)) == ACCOUNTS - 2
    assert ids == sorted(ids)


def test_query_all_goes_on_under_query(org: Caller) -> None:
    found = pages(org, "SELECT Id FROM Account", deleted=True)
    assert "/query/0r8" in found[0]["nextRecordsUrl"]
    assert sum(sizes(found)) == ACCOUNTS - 1


def test_a_long_text_makes_pages_smaller(org: Caller) -> None:
    assert sizes(pages(org, "SELECT Id, Description FROM Opportunity")) == [1000, 1000, 100]


def test_two_long_custom_texts_make_pages_of_two_hundred(org: Caller) -> None:
    found = pages(org, "SELECT Id, Notes__c, More__c FROM Opportunity LIMIT 500")
    assert sizes(found) == [200, 200, 100]


def test_a_wish_for_small_pages_is_heard_down_to_two_hundred(org: Caller) -> None:
    wish = {"headers": {"Sforce-Query-Options": "batchSize=50"}}
    assert sizes(pages(org, "SELECT Id FROM Account LIMIT 450", **wish)) == [200, 200, 50]


def test_a_page_can_be_read_again(org: Caller) -> None:
    first = org.query("SELECT Id FROM Account").json()
    assert (
        org.get(first["nextRecordsUrl"]).json()["records"]
        == org.get(first["nextRecordsUrl"]).json()["records"]
    )


def test_a_foreign_locator_is_refused(org: Caller) -> None:
    answer = org.get("/query/0r8000000000000000-2000")
    assert answer.status_code == 400
    assert answer.json() == [
        {"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}
    ]


def test_a_result_as_long_as_a_page_is_one_page(org: Caller) -> None:
    assert sizes(pages(org, "SELECT Id FROM Account LIMIT 2000")) == [2000]


def test_the_oldest_cursors_make_room_for_new_ones() -> None:
    cursors = Cursors(most_ids=5)
    ids = IdList(("a\nb\nc",), 3)
    first, second = (cursors.open(Cursor(None, ids, opened_at=0)) for _ in range(2))
    assert cursors.find(f"{second}-2", now=0)[2] == 2
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR"):
        cursors.find(f"{first}-2", now=0)


def test_a_cursor_ends_after_two_days() -> None:
    cursors = Cursors()
    key = cursors.open(Cursor(None, IdList((), 0), opened_at=0))
    assert cursors.find(f"{key}-0", now=2 * DAY_MS)
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR"):
        cursors.find(f"{key}-0", now=2 * DAY_MS + 1)
