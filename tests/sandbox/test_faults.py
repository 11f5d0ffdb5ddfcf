"""Injected faults as a client meets them."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from sandbox.context import Context
from sandbox.faults import Fault, FaultError, Faults, parse_fault
from sandbox.refusals import refusal
from tests.sandbox.hubspot.portal import build
from tests.sandbox.hubspot.served import Served
from tests.sandbox.serving import serving

DEALS = "/crm/objects/2026-03/deals"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("portal") / "portal.sqlite"
    build(path)
    context = Context(path, enforce_limits=False)
    with serving(context) as url:
        yield Served(url, context)


@pytest.fixture
def served(portal: Served) -> Iterator[Served]:
    yield portal
    portal.ask("DELETE", "/_control/faults")


@pytest.mark.parametrize(
    ("status", "category"),
    [
        (400, "VALIDATION_ERROR"),
        (401, "INVALID_AUTHENTICATION"),
        (403, "MISSING_SCOPES"),
        (404, "OBJECT_NOT_FOUND"),
        (423, None),
        (477, None),
        (500, None),
    ],
)
def test_a_status_comes_with_the_vendors_body(
    served: Served, status: int, category: str | None
) -> None:
    served.fault(path=DEALS, kind="status", status=status)

    answer = served.get(DEALS)

    assert answer.status_code == status
    assert answer.json()["status"] == "error"
    assert answer.json().get("category") == category


@pytest.mark.parametrize("status", [414, 502, 503, 504, 521, 523, 524, 530])
def test_the_edge_answers_in_html(served: Served, status: int) -> None:
    served.fault(path=DEALS, kind="status", status=status)

    answer = served.get(DEALS)

    assert answer.status_code == status
    assert str(status) in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."),
        ("SECONDLY", "You have reached your secondly limit."),
        ("DAILY", "You have reached your daily limit."),
    ],
)
def test_rate_limits_by_policy_without_retry_after(
    served: Served, policy: str, message: str
) -> None:
    served.fault(path=DEALS, kind="status", status=429, policy=policy)

    answer = served.get(DEALS)

    assert (answer.json()["policyName"], answer.json()["message"]) == (policy, message)
    assert "retry-after" not in answer.headers


def test_a_migrating_account_says_when_to_come_back(served: Served) -> None:
    served.fault(path=DEALS, kind="status", status=477)

    assert int(served.get(DEALS).headers["retry-after"]) > 0


def test_strikes_after_some_requests_and_only_some_times(served: Served) -> None:
    served.fault(path=DEALS, kind="status", status=500, after=1, times=2)

    assert [served.get(DEALS).status_code for _ in range(4)] == [200, 500, 500, 200]


def test_leaves_other_paths_and_methods_alone(served: Served) -> None:
    served.fault(path=r"/deals$", kind="status", status=500, method="GET")

    assert served.get(DEALS).status_code == 500
    assert served.get(f"{DEALS}/x").status_code == 404
    assert served.get("/crm/v3/objects/contacts").status_code == 200


def test_can_be_cleared(served: Served) -> None:
    served.fault(path=DEALS, kind="status", status=500)
    served.ask("DELETE", "/_control/faults")

    assert served.get(DEALS).status_code == 200


def test_a_faults_own_body_and_headers_come_first(served: Served) -> None:
    served.fault(path=DEALS, kind="status", status=503, body="later", headers={"Retry-After": "7"})

    answer = served.get(DEALS)

    assert (answer.text, answer.headers["retry-after"]) == ("later", "7")


def test_a_cut_answer_has_fewer_bytes_than_it_promised(served: Served) -> None:
    served.fault(path=DEALS, kind="cut", times=1)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        served.get(DEALS)
    assert served.get(DEALS).status_code == 200


def test_a_malformed_answer_is_whole_but_no_json(served: Served) -> None:
    served.fault(path=DEALS, kind="malformed")

    answer = served.get(DEALS)

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_html_may_come_with_any_status(served: Served) -> None:
    served.fault(path=DEALS, kind="html", status=200)

    answer = served.get(DEALS)

    assert answer.status_code == 200
    assert answer.text.startswith("<html>")


def test_an_expired_token_has_the_key_with_a_space(served: Served) -> None:
    served.fault(path=DEALS, kind="expired_token", times=1)

    answer = served.get(DEALS)

    assert answer.status_code == 401
    assert answer.json()["category"] == "EXPIRED_AUTHENTICATION"
    assert "expire time" in answer.json()["context"]


def test_a_duplicate_page_repeats_the_one_before(served: Served) -> None:
    served.fault(path=DEALS, kind="duplicate_page", times=1)
    first = served.get(DEALS).json()
    after = first["paging"]["next"]["after"]

    again = served.get(DEALS, after=after).json()
    second = served.get(DEALS, after=after).json()

    assert again == first
    assert second["results"] != first["results"]


def test_a_dropped_connection_brings_no_answer(served: Served) -> None:
    served.fault(path=DEALS, kind="drop", times=1)

    with pytest.raises(requests.exceptions.ConnectionError):
        served.get(DEALS)


@pytest.mark.parametrize("kind", ["broken_gzip", "cut_gzip"])
def test_damaged_compression_cannot_be_read(served: Served, kind: str) -> None:
    served.fault(path=DEALS, kind=kind, times=1)

    try:
        text = served.get(DEALS).text
    except requests.exceptions.RequestException:
        text = "unreadable"

    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert served.get(DEALS).status_code == 200


def test_compression_may_lack_its_checksum(served: Served) -> None:
    served.fault(path=DEALS, kind="gzip_without_end", times=1)

    answer = requests.get(
        f"{served.url}{DEALS}", headers=served.session.headers, timeout=5, stream=True
    )
    packed = answer.raw.read(decode_content=False)

    assert answer.headers["content-encoding"] == "gzip"
    reader = zlib.decompressobj(wbits=31)
    assert json.loads(reader.decompress(packed))["results"]
    assert not reader.eof


def test_a_missing_page_is_skipped_in_silence(served: Served) -> None:
    first = served.get(DEALS, limit=20).json()
    whole = [first, *_pages_after(served, first, limit=20)]
    served.fault(path=DEALS, kind="missing_page", times=1)

    struck = [first, *_pages_after(served, first, limit=20)]

    assert [page["results"] for page in struck] == [
        page["results"] for page in (whole[0], whole[2])
    ]


def test_a_missing_last_page_comes_without_rows(served: Served) -> None:
    served.fault(path=DEALS, kind="missing_page", after=1, times=1)
    first = served.get(DEALS, limit=20).json()

    assert _pages_after(served, first, limit=20)[-1]["results"] == []


def test_a_looping_cursor_leads_to_its_own_page(served: Served) -> None:
    served.fault(path=DEALS, kind="looping_cursor", times=1)
    after = served.get(DEALS).json()["paging"]["next"]["after"]

    assert served.get(DEALS, after=after).json()["paging"]["next"]["after"] == after
    assert served.get(DEALS, after=after).json()["paging"]["next"]["after"] != after


@pytest.mark.parametrize("seconds", [7200, -1200.0])
def test_a_skewed_clock_lies_in_the_date_alone(served: Served, seconds: float) -> None:
    right = parsedate_to_datetime(served.get(DEALS).headers["date"])
    served.fault(path=DEALS, kind="clock_skew", seconds=seconds, times=1)

    answer = served.get(DEALS)

    assert (parsedate_to_datetime(answer.headers["date"]) - right).total_seconds() == seconds
    assert answer.json() == served.get(DEALS).json()


def _pages_after(served: Served, page: dict[str, Any], **parameters: Any) -> list[dict[str, Any]]:
    pages = []
    while "paging" in page:
        after = page["paging"]["next"]["after"]
        page = served.get(DEALS, after=after, **parameters).json()
        pages.append(page)
    return pages


def test_a_slow_answer_is_right_but_late(served: Served) -> None:
    served.fault(path=DEALS, kind="slow", seconds=0.3)
    start = time.monotonic()

    answer = served.get(DEALS)

    assert answer.status_code == 200
    assert time.monotonic() - start >= 0.3


def test_struck_requests_are_counted(served: Served) -> None:
    served.ask("DELETE", "/_control/requests")
    served.fault(path=DEALS, kind="status", status=500)
    served.get(DEALS)

    assert served.get("/_control/requests").json() == {"GET /crm/objects/{version}/{type}": 1}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault("/", "expired_token"), 401, "INVALID_SESSION_ID"),
        (Fault("/", "status", status=403), 403, "REQUEST_LIMIT_EXCEEDED"),
        (Fault("/", "status", status=500), 500, "UNKNOWN_EXCEPTION"),
        (Fault("/", "status", status=503), 503, "SERVER_UNAVAILABLE"),
        (Fault("/", "lost_cursor"), 400, "INVALID_QUERY_LOCATOR"),
    ],
)
def test_salesforce_refuses_with_a_list(fault: Fault, status: int, code: str) -> None:
    answer = refusal(fault, "/services/data/v66.0/query")

    assert answer.status == status
    assert json.loads(answer.body)[0]["errorCode"] == code


@pytest.mark.parametrize(
    ("path", "key", "code"),
    [
        ("/services/oauth2/token", "error", "invalid_grant"),
        ("/oauth/2026-03/token", "status", "BAD_REFRESH_TOKEN"),
    ],
)
def test_token_endpoints_refuse_in_their_own_form(path: str, key: str, code: str) -> None:
    answer = refusal(Fault("/", "status", status=400), path)

    assert answer.status == 400
    assert json.loads(answer.body)[key] == code


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "status", "status": 500},
        {"path": "/x", "kind": "explode"},
        {"path": "(", "kind": "drop"},
        {"path": "/x", "kind": "status"},
        {"path": "/x", "kind": "drop", "time": 1},
        {"path": "/x", "kind": "clock_skew"},
        {"path": "/x", "kind": "status", "status": 429, "policy": "HOURLY"},
    ],
)
def test_refuses_a_rule_that_would_do_nothing(rule: dict[str, object]) -> None:
    with pytest.raises(FaultError):
        parse_fault(rule)


def test_the_first_due_rule_strikes() -> None:
    faults = Faults()
    faults.add([Fault("/a", "drop", times=1), Fault("/a", "slow")])

    struck = [faults.strike("GET", "/a") for _ in range(2)]

    assert [armed.fault.kind for armed in struck if armed] == ["drop", "slow"]


def test_only_later_pages_fall_to_the_faults_of_cursors() -> None:
    faults = Faults()
    faults.add([Fault("/a", "lost_cursor", times=1)])

    assert faults.strike("GET", "/a") is None
    assert faults.strike("GET", "/a", is_later_page=True) is not None
