"""Tokens: the flows, their refusals, their end."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests

from sandbox import connection
from sandbox.connection import make_key_pair
from sandbox.salesforce.auth import JWT_BEARER
from tests.sandbox.salesforce.conftest import Served
from tests.sandbox.salesforce.small_org import ANN, Caller

CLIENT = {
    "client_id": connection.SALESFORCE_CLIENT_ID,
    "client_secret": connection.SALESFORCE_CLIENT_SECRET,
}
REFRESH = {"grant_type": "refresh_token", "refresh_token": connection.SALESFORCE_REFRESH_TOKEN}


def ask(served: Served, form: dict[str, str], **headers: str) -> requests.Response:
    address = f"{served.url}/services/oauth2/token"
    return requests.post(address, data=form, headers=headers, timeout=10)


def assertion(key: str, **changes: Any) -> dict[str, str]:
    claims = {
        "iss": connection.SALESFORCE_CLIENT_ID,
        "sub": connection.SALESFORCE_USERNAME,
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 120,
    }
    claims.update(changes)
    return {
        "grant_type": JWT_BEARER,
        "assertion": jwt.encode(claims, key, algorithm="RS256"),
    }


def test_client_credentials_give_a_token_for_this_server(served: Served) -> None:
    body = ask(served, {"grant_type": "client_credentials", **CLIENT}).json()
    assert body["instance_url"] == served.url
    assert "!" in body["access_token"]
    assert body["token_type"] == "Bearer"
    assert body["issued_at"].isdigit()
    assert not {"expires_in", "refresh_token"} & set(body)


def test_the_secret_may_come_as_basic_authorization(served: Served) -> None:
    answer = requests.post(
        f"{served.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(CLIENT["client_id"], CLIENT["client_secret"]),
        timeout=10,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_client_credentials_need_the_own_domain(served: Served, host: str) -> None:
    answer = ask(served, {"grant_type": "client_credentials", **CLIENT}, Host=host)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "request not supported on this domain",
    }


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        (
            {"grant_type": "client_credentials", **CLIENT, "client_id": "x"},
            "invalid_client_id",
            "client identifier invalid",
        ),
        (
            {"grant_type": "client_credentials", **CLIENT, "client_secret": "x"},
            "invalid_client",
            "invalid client credentials",
        ),
        (
            {"grant_type": "refresh_token", **CLIENT, "refresh_token": "x"},
            "invalid_grant",
            "expired access/refresh token",
        ),
        ({"grant_type": "password", **CLIENT}, "invalid_grant", "authentication failure"),
        ({"grant_type": "magic"}, "unsupported_grant_type", "grant type not supported"),
        (
            {"grant_type": JWT_BEARER, "assertion": "no.such.thing"},
            "invalid_grant",
            "invalid assertion",
        ),
    ],
)
def test_bad_grants_are_refused_with_an_object(
    served: Served, form: dict[str, str], error: str, description: str
) -> None:
    answer = ask(served, form)
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}


def test_a_signed_assertion_gives_a_token(served: Served) -> None:
    assert ask(served, assertion(served.key.private)).status_code == 200
    assert ask(served, assertion(served.key.private, aud=served.url)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"aud": "https://example.com"}, "audience is invalid"),
        ({"exp": 1_700_000_000}, "token validity expired"),
        ({"exp": 4_000_000_000}, "invalid assertion"),
        ({"iss": "x"}, "client identifier invalid"),
        ({"sub": "x"}, "user hasn't approved this consumer"),
    ],
)
def test_claims_of_an_assertion_are_checked(
    served: Served, changes: dict[str, Any], description: str
) -> None:
    answer = ask(served, assertion(served.key.private, **changes))
    assert answer.json()["error_description"] == description


def test_an_assertion_by_another_key_is_refused(served: Served) -> None:
    answer = ask(served, assertion(make_key_pair().private))
    assert answer.json()["error_description"] == "invalid assertion"


def test_a_refresh_token_stays_good_without_rotation(served: Served) -> None:
    for _ in range(2):
        body = ask(served, {**REFRESH, **CLIENT}).json()
        assert "access_token" in body
        assert "refresh_token" not in body


def test_rotation_ends_the_old_refresh_token(served: Served, org: Caller) -> None:
    org.settings(rotate_refresh_tokens=True)
    successor = ask(served, {**REFRESH, **CLIENT}).json()["refresh_token"]
    refused = ask(served, {**REFRESH, **CLIENT})
    assert refused.json()["error"] == "invalid_grant"
    org.settings()
    assert ask(served, {**REFRESH, **CLIENT, "refresh_token": successor}).status_code == 200


def test_an_expired_token_is_an_invalid_session_also_in_the_middle_of_paging(
    served: Served, org: Caller
) -> None:
    first = org.query("SELECT Id FROM Account").json()
    served.context.tokens.expire()
    answer = org.get(first["nextRecordsUrl"])
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]
    renewed = Caller(served.url)
    assert len(renewed.get(first["nextRecordsUrl"]).json()["records"]) == 2000
    org.session.headers.update(renewed.session.headers)


def test_other_schemes_are_invalid_headers(served: Served) -> None:
    answer = requests.get(
        f"{served.url}/services/data/v66.0/limits", auth=("user", "password"), timeout=10
    )
    assert answer.status_code == 401
    assert answer.json()[0]["errorCode"] == "INVALID_AUTH_HEADER"


def test_userinfo_names_the_integration_user(served: Served, org: Caller) -> None:
    body = org.get("/services/oauth2/userinfo").json()
    assert body["user_id"] == ANN
    assert body["preferred_username"] == connection.SALESFORCE_USERNAME
    refused = requests.get(f"{served.url}/services/oauth2/userinfo", timeout=10)
    assert (refused.status_code, refused.text) == (403, "Bad_OAuth_Token")
