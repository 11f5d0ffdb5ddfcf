"""Who we are to Salesforce and what its answers mean."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.client import Answer, Client, Verdict, retry_after
from ingestion.engine.errors import CredentialsError, FatalError, SkippableError
from ingestion.engine.pace import Pace
from ingestion.model import Connection

LOGIN_URL = "https://login.salesforce.com"
API_VERSION = "66.0"
# Tokens do not say when they end; sessions end after 15 minutes at the earliest.
TOKEN_SECONDS = 840.0
ASSERTION_SECONDS = 180

_ID, _SECRET = "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"
_USER, _KEY = "SALESFORCE_USERNAME", "SALESFORCE_PRIVATE_KEY_FILE"
_REFRESH = "SALESFORCE_REFRESH_TOKEN"

_RETRIED = frozenset({406, 420, 429, 500, 502, 503, 504})
_QUOTA = "the org's API calls of the last 24 hours are used up; a later run continues where this one ends"
# Refusals about one object, by errorCode.
_SKIPPED = frozenset(
    {"INVALID_TYPE", "INSUFFICIENT_ACCESS", "FUNCTIONALITY_NOT_ENABLED", "NOT_FOUND"}
)
_INCURABLE = ("not valid for use with the REST API", "not attached to Agent")


def missing(settings: Mapping[str, str]) -> str | None:
    if settings.get(_ID) and (
        settings.get(_SECRET)
        or settings.get(_REFRESH)
        or (settings.get(_USER) and settings.get(_KEY))
    ):
        return None
    return f"set {_ID} with {_SECRET}, with {_USER} and {_KEY}, or with {_REFRESH}"


def connect(settings: Mapping[str, str]) -> Connection:
    login_url = settings.get("SALESFORCE_LOGIN_URL") or LOGIN_URL
    pace = Pace()
    keeper = TokenKeeper(lambda: _token(settings, login_url, pace))

    def open_client() -> Client:
        return Client(login_url, judge=judge, pace=pace, keeper=keeper)

    with Client(login_url, judge=_judge_limits, pace=pace, keeper=keeper) as client:
        try:
            now = client.get(f"{data_path(settings)}/limits").date or datetime.now(UTC)
        except SkippableError:
            # The right to see the limits is not needed to read records.
            now = datetime.now(UTC)
    return Connection(open_client=open_client, now=now, api_version=api_version(settings))


def api_version(settings: Mapping[str, str]) -> str:
    return settings.get("SALESFORCE_API_VERSION") or API_VERSION


def data_path(settings: Mapping[str, str]) -> str:
    return f"/services/data/v{api_version(settings)}"


def judge(answer: Answer) -> Verdict:
    """What an answer other than a success means. Bodies are arrays, objects, HTML or nothing."""
    code, message = _error(answer)
    if answer.status == 401:
        if any(text in message for text in _INCURABLE):
            return Verdict("credentials", "Salesforce does not let this app use the REST API")
        return Verdict("renew", "Salesforce does not accept the session")
    if code == "REQUEST_LIMIT_EXCEEDED":
        if "TotalRequests" in message:
            return Verdict("quota", _QUOTA)
        wait = retry_after(answer)
        return Verdict("pause", "too many calls at once", 5.0 if wait is None else wait)
    if code in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
        return Verdict("credentials", "the API is not enabled for this org or user")
    if code == "INVALID_QUERY_LOCATOR":
        return Verdict("restart", "Salesforce has forgotten the query")
    if code == "QUERY_TIMEOUT":
        return Verdict("too_much", "the query took too long")
    if code in _SKIPPED or answer.status == 403:
        return Verdict("skip", f"Salesforce refuses the object ({code or answer.status})")
    if answer.status == 404:
        return Verdict("skip", "Salesforce knows no such object")
    if answer.status == 410:
        return Verdict("fatal", "this API version is retired: check SALESFORCE_API_VERSION")
    if answer.status in _RETRIED:
        return Verdict("retry", f"status {answer.status}", retry_after(answer))
    return Verdict("fatal", f"status {answer.status}" + (f" ({code})" if code else ""))


def _judge_limits(answer: Answer) -> Verdict:
    """Every version has limits: where they are not found, nothing else will be."""
    if answer.status == 404:
        return Verdict(
            "fatal", "Salesforce does not know this address: check SALESFORCE_API_VERSION"
        )
    return judge(answer)


def _error(answer: Answer) -> tuple[str, str]:
    try:
        body = answer.json
    except ValueError:
        return "", ""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return "", ""
    code = first.get("errorCode") or first.get("error") or ""
    return str(code), str(first.get("message") or first.get("error_description") or "")


def _token(settings: Mapping[str, str], login_url: str, pace: Pace) -> Token:
    with Client(login_url, judge=_judge_token, pace=pace) as client:
        answer = client.post_form("/services/oauth2/token", _grant(settings, login_url))
    try:
        value, instance = str(answer.json["access_token"]), str(answer.json["instance_url"])
    except (KeyError, TypeError, ValueError) as error:
        raise FatalError("Salesforce's token answer holds no token") from error
    return Token(value, base_url=instance.rstrip("/"), expires_at=time.monotonic() + TOKEN_SECONDS)


def _grant(settings: Mapping[str, str], login_url: str) -> dict[str, str]:
    form = {"client_id": settings[_ID]}
    if settings.get(_SECRET):
        form["client_secret"] = settings[_SECRET]
    if settings.get(_REFRESH):
        return form | {"grant_type": "refresh_token", "refresh_token": settings[_REFRESH]}
    if settings.get(_USER) and settings.get(_KEY):
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": _assertion(settings, login_url),
        }
    return form | {"grant_type": "client_credentials"}


def _assertion(settings: Mapping[str, str], login_url: str) -> str:
    claims: dict[str, Any] = {
        "iss": settings[_ID],
        "sub": settings[_USER],
        "aud": login_url.rstrip("/"),
        "exp": int(time.time()) + ASSERTION_SECONDS,
    }
    try:
        key = Path(settings[_KEY]).read_text(encoding="ascii")
        return jwt.encode(claims, key, algorithm="RS256")
    except (OSError, ValueError, TypeError, jwt.PyJWTError) as error:
        raise CredentialsError(
            f"the private key cannot be read: check that {_KEY} names a PEM file with an RSA key"
        ) from error


def _judge_token(answer: Answer) -> Verdict:
    code, description = _error(answer)
    if answer.status >= 500 or answer.status in (406, 420):
        return Verdict("retry", f"status {answer.status}", retry_after(answer))
    if answer.status == 429 or code == "rate_limit_exceeded":
        return Verdict("pause", "too many logins", retry_after(answer) or 10.0)
    # Both texts come from the vendor's fixed list and name neither user nor secret.
    said = description or code or f"status {answer.status}"
    return Verdict(
        "credentials",
        f"Salesforce does not let us in ({said}): check SALESFORCE_LOGIN_URL (client credentials "
        f"need the org's own My Domain address), {_ID} and the secret, key or token beside it",
    )
