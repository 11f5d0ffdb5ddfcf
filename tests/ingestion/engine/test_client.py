"""What the client does about each kind of answer. Nothing here waits: the pace's clock is a toy."""

from __future__ import annotations

import pytest
import requests
import responses

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.client import Answer, Client, Verdict
from ingestion.engine.errors import (
    CredentialsError,
    IngestionError,
    QuotaError,
    RetriableError,
    SkippableError,
)
from ingestion.engine.pace import Pace
from ingestion.sources.hubspot import connection as hubspot
from ingestion.sources.salesforce import connection as salesforce

URL = "https://crm.example"
SECRET = "very-secret-token"


class Toy:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def toy() -> Toy:
    return Toy()


def _client(toy: Toy, keeper: TokenKeeper | None = None) -> Client:
    pace = Pace(clock=toy.clock, sleep=toy.sleep)
    return Client(
        URL,
        judge=hubspot.judge,
        pace=pace,
        keeper=keeper or TokenKeeper(lambda: Token(SECRET)),
        observe=hubspot.observe,
    )


@responses.activate
def test_sends_the_token_and_returns_the_body(toy: Toy) -> None:
    responses.get(f"{URL}/things", json={"results": [1]})
    with _client(toy) as client:
        assert client.get("/things").json == {"results": [1]}
    assert responses.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


@responses.activate
@pytest.mark.parametrize("status", [423, 500, 502, 503, 504, 521, 523, 524])
def test_tries_again_after_a_passing_failure(toy: Toy, status: int) -> None:
    responses.get(f"{URL}/things", status=status, body="<html>edge</html>")
    responses.get(f"{URL}/things", json={"results": []})
    with _client(toy) as client:
        assert client.get("/things").status == 200
    assert toy.slept == [0.5]


@responses.activate
@pytest.mark.parametrize("body", ["<html>maintenance</html>", '{"results": [1, 2', ""])
def test_a_success_that_is_not_whole_json_is_asked_for_again(toy: Toy, body: str) -> None:
    responses.get(f"{URL}/things", body=body)
    responses.get(f"{URL}/things", json={"results": []})
    with _client(toy) as client:
        assert client.get("/things").json == {"results": []}


@responses.activate
def test_waits_as_long_as_the_vendor_asks(toy: Toy) -> None:
    responses.get(f"{URL}/things", status=477, headers={"Retry-After": "17"})
    responses.get(f"{URL}/things", json={})
    with _client(toy) as client:
        client.get("/things")
    assert toy.slept == [17.0]


@responses.activate
@pytest.mark.parametrize(("policy", "wait"), [("SECONDLY", 1.0), ("TEN_SECONDLY_ROLLING", 10.0)])
def test_a_rate_limit_stops_all_workers_for_its_policy_s_time(
    toy: Toy, policy: str, wait: float
) -> None:
    responses.get(f"{URL}/things", status=429, json={"policyName": policy})
    responses.get(f"{URL}/things", json={})
    with _client(toy) as client:
        client.get("/things")
    assert toy.now == pytest.approx(wait)


@responses.activate
def test_the_daily_limit_ends_the_pull_at_once(toy: Toy) -> None:
    responses.get(f"{URL}/things", status=429, json={"policyName": "DAILY"})
    with _client(toy) as client, pytest.raises(QuotaError, match="midnight"):
        client.get("/things")
    assert toy.slept == []


@responses.activate
def test_gives_up_after_several_tries(toy: Toy) -> None:
    responses.get(f"{URL}/things", body=requests.ConnectionError("refused by 10.0.0.1"))
    with _client(toy) as client, pytest.raises(RetriableError, match="gave up after 6 tries"):
        client.get("/things")
    assert len(responses.calls) == 6


@responses.activate
def test_an_expired_token_is_renewed_once(toy: Toy) -> None:
    tokens = iter(["old", "new"])
    keeper = TokenKeeper(lambda: Token(next(tokens)))
    responses.get(f"{URL}/things", status=401, json={"category": "EXPIRED_AUTHENTICATION"})
    responses.get(f"{URL}/things", json={})
    with _client(toy, keeper) as client:
        client.get("/things")
    sent = [call.request.headers["Authorization"] for call in responses.calls]
    assert sent == ["Bearer old", "Bearer new"]


@responses.activate
def test_a_token_that_stays_refused_ends_the_pull(toy: Toy) -> None:
    responses.get(f"{URL}/things", status=401, json={"category": "EXPIRED_AUTHENTICATION"})
    with _client(toy) as client, pytest.raises(CredentialsError):
        client.get("/things")
    assert len(responses.calls) == 2


def test_one_refusal_renews_once_for_all_workers() -> None:
    made: list[str] = []

    def fetch() -> Token:
        made.append(f"token {len(made)}")
        return Token(made[-1])

    keeper = TokenKeeper(fetch)
    refused = keeper.current()
    assert keeper.renew(refused) == keeper.renew(refused)
    assert len(made) == 2


def test_a_token_is_renewed_before_it_ends() -> None:
    now = [0.0]
    keeper = TokenKeeper(
        lambda: Token(f"made at {now[0]}", expires_at=now[0] + 1800), clock=lambda: now[0]
    )
    assert keeper.current().value == "made at 0.0"
    now[0] = 1700.0
    assert keeper.current().value == "made at 0.0"
    now[0] = 1745.0
    assert keeper.current().value == "made at 1745.0"


@responses.activate
def test_no_message_holds_a_secret_a_query_or_a_body(
    toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="ingestion")
    responses.get(f"{URL}/things", status=500, body="ana@client.example")
    with _client(toy) as client, pytest.raises(IngestionError) as failed:
        client.get("/things?email=ana@client.example")
    said = str(failed.value) + caplog.text
    assert "GET /things" in said
    assert "ana@client.example" not in said
    assert SECRET not in said
    assert SECRET not in repr(Token(SECRET))


@responses.activate
def test_the_limit_of_the_headers_is_kept(toy: Toy) -> None:
    headers = {
        "X-HubSpot-RateLimit-Max": "20",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    }
    responses.get(f"{URL}/things", json={}, headers=headers)
    with _client(toy) as client:
        for _ in range(60):
            client.get("/things", groups=("calls",))
    # 20 in any ten seconds; the very first is not counted, its answer told the limit.
    assert toy.now == pytest.approx(20.0)


def _answer(status: int, body: bytes) -> Answer:
    return Answer("GET", "/x", status, {}, body)


@pytest.mark.parametrize(
    ("status", "body", "action"),
    [
        (401, b'{"category":"INVALID_AUTHENTICATION"}', "credentials"),
        (401, b'{"category":"EXPIRED_AUTHENTICATION"}', "renew"),
        (
            403,
            b'{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["x"]}}]}',
            "skip",
        ),
        (403, b'{"category":"BANNED"}', "credentials"),
        (404, b"<html></html>", "skip"),
        (400, b'{"message":"Unable to infer object type from: leads"}', "skip"),
        (400, b'{"category":"VALIDATION_ERROR"}', "fatal"),
        (414, b"414 Request-URI Too Large", "fatal"),
        (530, b"<html></html>", "credentials"),
    ],
)
def test_hubspot_s_answers_are_judged(status: int, body: bytes, action: str) -> None:
    assert hubspot.judge(_answer(status, body)).action == action


@pytest.mark.parametrize(
    ("status", "body", "action"),
    [
        (
            401,
            b'[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]',
            "renew",
        ),
        (
            401,
            b'[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]',
            "credentials",
        ),
        (
            403,
            b'[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]',
            "quota",
        ),
        (
            403,
            b'[{"message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]',
            "pause",
        ),
        (403, b'[{"errorCode":"API_DISABLED_FOR_ORG","message":""}]', "credentials"),
        (400, b'[{"errorCode":"INVALID_TYPE","message":""}]', "skip"),
        (400, b'[{"errorCode":"INVALID_QUERY_LOCATOR","message":""}]', "restart"),
        (400, b'[{"errorCode":"QUERY_TIMEOUT","message":""}]', "too_much"),
        (400, b'[{"errorCode":"MALFORMED_QUERY","message":""}]', "fatal"),
        (406, b"", "retry"),
        (420, b"", "retry"),
        (502, b"<html></html>", "retry"),
        (410, b"", "fatal"),
    ],
)
def test_salesforce_s_answers_are_judged(status: int, body: bytes, action: str) -> None:
    assert salesforce.judge(_answer(status, body)).action == action


def test_a_missing_scope_is_named() -> None:
    body = b'{"category":"MISSING_SCOPES","errors":[{"context":{"requiredGranularScopes":["tickets"]}}]}'
    verdict = hubspot.judge(_answer(403, body))
    assert verdict == Verdict("skip", "the app lacks a scope: any of tickets")


@responses.activate
def test_an_object_that_may_not_be_read_is_left_out(toy: Toy) -> None:
    responses.get(f"{URL}/things", status=403, json={"category": "MISSING_SCOPES"})
    with _client(toy) as client, pytest.raises(SkippableError):
        client.get("/things")
