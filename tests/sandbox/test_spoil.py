"""Spoiled answers of Salesforce: locators in paths and headers, jobs that fail."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from sandbox.spoil import Answer, cursor_of, emptied, following, moved, spoiled

MORE = "/services/data/v66.0/query/0r8xx-2000"
RESULTS = "/services/data/v66.0/jobs/query/750xx/results"


def scope(path: str, query: str = "") -> dict[str, Any]:
    return {"path": path, "raw_path": path.encode(), "query_string": query.encode()}


def page(**body: Any) -> Answer:
    return Answer(200, [(b"content-type", b"application/json")], json.dumps(body).encode())


def csv(locator: str) -> Answer:
    return Answer(200, [(b"sforce-locator", locator.encode())], b"Id\n1\n")


@pytest.mark.parametrize(
    ("request_", "cursor"),
    [
        (scope(MORE), MORE),
        (scope("/services/data/v66.0/queryAll", "q=SELECT"), None),
        (scope(RESULTS, "maxRecords=5&locator=MTAw"), "MTAw"),
        (scope(RESULTS, "maxRecords=5"), None),
        (scope("/crm/objects/2026-03/deals", "limit=5&after=77"), "77"),
        (scope("/services/data/v66.0/jobs/query/750xx"), None),
        (scope("/api/v2/deals", "limit=5&cursor=abc"), "abc"),
    ],
)
def test_the_cursor_of_a_request(request_: dict[str, Any], cursor: str | None) -> None:
    assert cursor_of(request_) == cursor


@pytest.mark.parametrize(
    ("answer", "cursor"),
    [
        (page(done=False, nextRecordsUrl=MORE), MORE),
        (page(done=True), None),
        (csv("MTAw"), "MTAw"),
        (csv("null"), None),
        (page(paging={"next": {"after": "9"}}), "9"),
        (page(data=[], additional_data={"next_cursor": "abc"}), "abc"),
        (page(data=[], additional_data={"next_cursor": None}), None),
    ],
)
def test_the_page_behind_an_answer(answer: Answer, cursor: str | None) -> None:
    assert following(answer) == cursor


def test_a_request_is_moved_to_another_page() -> None:
    assert moved(scope("/services/data/v66.0/query/0r8xx-1"), MORE)["path"] == MORE
    assert moved(scope(RESULTS, "maxRecords=5&locator=a"), "b%")["query_string"] == (
        b"maxRecords=5&locator=b%25"
    )


def test_loops_in_each_vendors_words() -> None:
    looping = spoiled("looping_cursor", page(done=True, records=[]), scope(MORE))
    assert json.loads(looping.body)["nextRecordsUrl"] == MORE
    assert json.loads(looping.body)["done"] is False
    last = page(data=[], additional_data={"next_cursor": None})
    assert following(spoiled("looping_cursor", last, scope("/api/v2/deals", "cursor=c"))) == "c"
    assert following(spoiled("looping_cursor", csv("null"), scope(RESULTS, "locator=a"))) == "a"
    assert spoiled("looping_cursor", csv("b"), scope(RESULTS)) == csv("b")


def test_a_job_fails_and_nothing_else_does() -> None:
    failed = json.loads(spoiled("failed_job", page(state="InProgress", id="750"), scope("/")).body)
    assert (failed["state"], failed["id"]) == ("Failed", "750")
    assert spoiled("failed_job", page(records=[]), scope("/")) == page(records=[])


def test_what_is_compressed_already_is_not_compressed_again() -> None:
    packed = gzip.compress(b"Id\n1\n" * 50)
    answer = csv("null").with_header(b"content-encoding", "gzip")._replace(body=packed)
    assert spoiled("gzip_without_end", answer, scope(RESULTS)).body == packed[:-8]
    assert len(spoiled("cut_gzip", answer, scope(RESULTS)).body) == len(packed) // 2


def test_a_lost_page_has_its_form_and_no_rows() -> None:
    assert json.loads(emptied(page(totalSize=5, records=[{}])).body) == {
        "totalSize": 5,
        "records": [],
    }
    assert emptied(csv("null")) == csv("null")
