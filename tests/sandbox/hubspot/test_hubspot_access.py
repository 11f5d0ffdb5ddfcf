"""Tokens, scopes and limits: who is let in, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sandbox.connection import (
    HUBSPOT_CLIENT_ID,
    HUBSPOT_CLIENT_SECRET,
    HUBSPOT_REFRESH_TOKEN,
)
from sandbox.context import Context
from sandbox.limits import Limiter, Plan
from tests.sandbox.hubspot.portal import build
from tests.sandbox.hubspot.served import Served
from tests.sandbox.serving import serving

CONTACTS = "/crm/v3/objects/contacts"
REFRESH = {
    "grant_type": "refresh_token",
    "client_id": HUBSPOT_CLIENT_ID,
    "client_secret": HUBSPOT_CLIENT_SECRET,
    "refresh_token": HUBSPOT_REFRESH_TOKEN,
}


def get(served: Served, authorization: str | None) -> requests.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return requests.get(served.url + CONTACTS, headers=headers, timeout=10)


def refresh(served: Served, **changed: str) -> requests.Response:
    path = f"{served.url}/oauth/2026-03/token"
    return requests.post(path, data=REFRESH | changed, timeout=10)


@pytest.mark.parametrize(
    "authorization", [None, "Basic abc", "Bearer pat-na1-00000000-0000-4000-8000-000000000000"]
)
def test_a_missing_or_unknown_token_is_told_so(shared: Served, authorization: str | None) -> None:
    answer = get(shared, authorization)

    body = answer.json()
    assert answer.status_code == 401
    assert body.pop("correlationId")
    assert body == {
        "status": "error",
        "message": "Authentication credentials not found. This API supports OAuth 2.0 "
        "authentication and you can find more details at "
        "https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "category": "INVALID_AUTHENTICATION",
    }
    assert answer.headers["x-hubspot-auth-failure"] == "401 Unauthorized"


@pytest.mark.parametrize(
    "token", ["short", "has spaces in it", "né-a-token-at-all".encode("latin-1")]
)
def test_a_malformed_token_never_reaches_the_api(shared: Served, token: str | bytes) -> None:
    value = b"Bearer " + (token if isinstance(token, bytes) else token.encode())
    answer = requests.get(shared.url + CONTACTS, headers={"Authorization": value}, timeout=10)

    assert answer.status_code == 530
    assert answer.headers["content-type"].startswith("text/html")


def test_an_expired_oauth_token_says_since_when(own: Served) -> None:
    token = refresh(own).json()["access_token"]
    assert get(own, f"Bearer {token}").status_code == 200
    own.post("/_control/expire_tokens", None)

    answer = get(own, f"Bearer {token}")

    body = answer.json()
    assert answer.status_code == 401
    assert body["category"] == "EXPIRED_AUTHENTICATION"
    assert body["message"].startswith("The OAuth token used to make this call expired ")
    assert body["context"]["expire time"][0].endswith("Z")


def test_refreshing_does_not_rotate_the_refresh_token(shared: Served) -> None:
    first, second = refresh(shared).json(), refresh(shared).json()

    assert first["refresh_token"] == second["refresh_token"] == HUBSPOT_REFRESH_TOKEN
    assert first["access_token"] != second["access_token"]
    assert (first["expires_in"], first["token_type"], first["hub_id"]) == (1800, "bearer", 4242)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"refresh_token": "other"}, "BAD_REFRESH_TOKEN"),
        ({"client_secret": "other"}, "BAD_CLIENT_SECRET"),
        ({"client_id": "other"}, "BAD_CLIENT_ID"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
    ],
)
def test_the_token_endpoint_refuses_in_its_own_form(
    shared: Served, changed: dict[str, str], status: str
) -> None:
    answer = refresh(shared, **changed)

    assert answer.status_code == 400
    assert answer.json()["status"] == status
    assert "error" not in answer.json()


def test_a_token_can_be_asked_about_and_revoked(own: Served) -> None:
    token = refresh(own).json()["access_token"]
    path = f"{own.url}/oauth/2026-03/token"

    before = requests.post(f"{path}/introspect", data={"token": token}, timeout=10).json()
    requests.post(f"{path}/revoke", data={"token": token}, timeout=10)
    after = requests.post(f"{path}/introspect", data={"token": token}, timeout=10).json()

    assert (before["active"], before["hub_id"]) == (True, 4242)
    assert after == {"active": False}
    assert get(own, f"Bearer {token}").status_code == 401


def test_a_withheld_scope_forbids_one_object_and_no_other(own: Served) -> None:
    own.post("/_control/scopes", {"withhold": ["crm.objects.companies.read"]})

    refused, granted = own.get("/crm/v3/objects/companies"), own.get(CONTACTS)

    body = refused.json()
    assert refused.status_code == 403
    assert body["category"] == "MISSING_SCOPES"
    assert body["errors"][0]["context"] == {
        "requiredGranularScopes": ["crm.objects.companies.read"]
    }
    assert granted.status_code == 200


def test_rate_headers_come_with_every_answer_but_searchs(shared: Served) -> None:
    listed = shared.get(CONTACTS)
    searched = shared.post(f"{CONTACTS}/search", {})

    names = {name for name in listed.headers if name.lower().startswith("x-hubspot-ratelimit")}
    assert {name.lower() for name in names} == {
        "x-hubspot-ratelimit-daily",
        "x-hubspot-ratelimit-daily-remaining",
        "x-hubspot-ratelimit-interval-milliseconds",
        "x-hubspot-ratelimit-max",
        "x-hubspot-ratelimit-remaining",
        "x-hubspot-ratelimit-secondly",
        "x-hubspot-ratelimit-secondly-remaining",
    }
    assert not any("ratelimit" in name.lower() for name in searched.headers)


def test_oauth_apps_are_told_no_daily_limit(shared: Served) -> None:
    token = refresh(shared).json()["access_token"]

    names = {name.lower() for name in get(shared, f"Bearer {token}").headers}

    assert "x-hubspot-ratelimit-max" in names
    assert "x-hubspot-ratelimit-daily" not in names


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Served]:
    path = tmp_path / "portal.sqlite"
    build(path)
    context = Context(path, enforce_limits=True)
    plan = Plan(private_app=5, associations=1, daily=8, search_per_second=2)
    with serving(context, plan) as url:
        yield Served(url, context)


def policy(answer: requests.Response) -> object:
    assert answer.status_code == 429
    assert "retry-after" not in answer.headers
    assert answer.json()["errorType"] == "RATE_LIMIT"
    return answer.json()["policyName"]


def test_the_ten_second_window_refuses_what_is_over(limited: Served) -> None:
    answers = [limited.get(CONTACTS, limit=1) for _ in range(6)]

    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    assert answers[0].headers["x-hubspot-ratelimit-remaining"] == "4"
    assert policy(answers[5]) == "TEN_SECONDLY_ROLLING"


def test_search_is_limited_per_second_by_its_own_count(limited: Served) -> None:
    answers = [limited.post(f"{CONTACTS}/search", {}) for _ in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert policy(answers[2]) == "SECONDLY"
    assert limited.get(CONTACTS).status_code == 200


def test_associations_have_a_window_of_their_own(limited: Served) -> None:
    path = "/crm/v4/associations/deals/contacts/labels"

    assert limited.get(path).status_code == 200
    assert policy(limited.get(path)) == "TEN_SECONDLY_ROLLING"
    assert limited.get(CONTACTS).status_code == 200


def test_the_day_ends_at_the_accounts_midnight() -> None:
    time = [0.0]
    limiter = Limiter(Plan(private_app=100, daily=2), clock=lambda: time[0])

    def take(day: str) -> str | None:
        return limiter.request("app", day, is_oauth=False, associations=False).refused

    assert [take("2026-11-03") for _ in range(3)] == [None, None, "DAILY"]
    assert take("2026-11-04") is None


def test_the_window_rolls() -> None:
    time = [0.0]
    limiter = Limiter(Plan(private_app=2), clock=lambda: time[0])
    verdicts = []
    for now in (0.0, 6.0, 9.0, 10.5, 11.0, 16.5):
        time[0] = now
        verdict = limiter.request("app", "day", is_oauth=False, associations=False)
        verdicts.append(verdict.refused)

    full = "TEN_SECONDLY_ROLLING"
    assert verdicts == [None, None, full, None, full, None]


def test_daily_usage_can_be_read(limited: Served) -> None:
    limited.get(CONTACTS)

    usage = limited.get("/account-info/2026-03/api-usage/daily/private-apps").json()["results"][0]

    assert usage["name"] == "private-apps-api-calls-daily"
    assert (usage["usageLimit"], usage["currentUsage"]) == (8, 2)
    assert usage["resetsAt"] == "2025-11-04T03:00:00Z"
