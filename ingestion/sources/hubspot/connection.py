"""Who we are to HubSpot, what its answers mean, how fast it may be asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.client import Answer, Client, Verdict, retry_after
from ingestion.engine.errors import FatalError, SkippableError
from ingestion.engine.pace import HEADROOM, Pace
from ingestion.engine.settings import positive
from ingestion.model import Connection

BASE_URL = "https://api.hubapi.com"
API_VERSION = "2026-03"
SEARCH_PER_SECOND = 4  # the account has 5, shared with every other app

CALLS = "calls"
SEARCHES = "searches"

_ACCESS = "HUBSPOT_ACCESS_TOKEN"
_OAUTH = ("HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_REFRESH_TOKEN")

_RETRIED = frozenset({423, 477, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526})
_CHECK_ACCESS = (
    "HubSpot does not accept the access token: check HUBSPOT_ACCESS_TOKEN "
    "(a private app's token or a service key of this account)"
)
_CHECK_OAUTH = (
    "HubSpot does not accept the OAuth credentials: check HUBSPOT_CLIENT_ID, "
    "HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN, and that the app is still installed"
)


def missing(settings: Mapping[str, str]) -> str | None:
    if settings.get(_ACCESS) or all(settings.get(name) for name in _OAUTH):
        return None
    return f"set {_ACCESS}, or {', '.join(_OAUTH)}"


def connect(settings: Mapping[str, str]) -> Connection:
    base_url = settings.get("HUBSPOT_BASE_URL") or BASE_URL
    pace = Pace()
    per_second = positive(settings, "HUBSPOT_SEARCH_PER_SECOND", SEARCH_PER_SECOND)
    # Evenly, not in bursts: one that is held up on the way would meet the next one there.
    pace.limit(SEARCHES, 1, 1 / per_second)
    keeper = TokenKeeper(lambda: _token(settings, base_url, pace))

    def open_client() -> Client:
        return Client(base_url, judge=judge, pace=pace, keeper=keeper, observe=observe)

    version = api_version(settings)
    with Client(
        base_url, judge=_judge_account, pace=pace, keeper=keeper, observe=observe
    ) as client:
        try:
            answer = client.get(account_path(version), groups=(CALLS,))
            now = answer.date or datetime.now(UTC)
        except SkippableError:
            # The rights to read the account are not needed to read its records.
            now = datetime.now(UTC)
    return Connection(open_client=open_client, now=now, api_version=version)


def api_version(settings: Mapping[str, str]) -> str:
    return settings.get("HUBSPOT_API_VERSION") or API_VERSION


def account_path(version: str) -> str:
    return f"/account-info/{version}/details"


def observe(answer: Answer, pace: Pace) -> None:
    """Take the limits that an answer states; search answers state none."""
    try:
        most = int(answer.headers.get("X-HubSpot-RateLimit-Max", ""))
        milliseconds = int(answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", ""))
    except ValueError:
        return
    if most > 0 and milliseconds > 0:
        pace.limit(CALLS, int(most * HEADROOM), milliseconds / 1000)


def judge(answer: Answer) -> Verdict:
    """What an answer other than a success means."""
    status, body = answer.status, _error(answer)
    category = str(body.get("category", ""))
    if status == 429:
        return _limited(answer, str(body.get("policyName", "")))
    if status == 401:
        if category == "EXPIRED_AUTHENTICATION":
            return Verdict("renew", "the access token has expired")
        return Verdict("credentials", _CHECK_ACCESS)
    if status == 530:
        return Verdict("credentials", _CHECK_ACCESS)
    if status == 403:
        if category == "BANNED":
            return Verdict("credentials", "HubSpot has suspended this account or app")
        return Verdict("skip", _rights(body))
    if status == 404:
        return Verdict("skip", "HubSpot has no such object or path for this account")
    if status == 400 and "Unable to infer object type" in str(body.get("message", "")):
        return Verdict("skip", "HubSpot has no such object in this account")
    if status in _RETRIED:
        return Verdict("retry", f"status {status}", retry_after(answer))
    return Verdict("fatal", f"status {status}" + (f" ({category})" if category else ""))


def _judge_account(answer: Answer) -> Verdict:
    """Every account has details: where they are not found, nothing else will be."""
    if answer.status == 404:
        return Verdict(
            "fatal",
            "HubSpot does not know this address: check HUBSPOT_API_VERSION and HUBSPOT_BASE_URL",
        )
    return judge(answer)


def _limited(answer: Answer, policy: str) -> Verdict:
    if policy == "DAILY":
        return Verdict(
            "quota",
            "the account's calls for today are used up; "
            "they are counted anew at midnight in the account's time zone",
        )
    # What its own clients wait, per policy; the header is rarely there.
    wait = retry_after(answer)
    if wait is None:
        wait = 1.0 if policy == "SECONDLY" else 10.0
    return Verdict("pause", f"rate limit {policy or 'unnamed'}", wait)


def _rights(body: Mapping[str, Any]) -> str:
    scopes = {
        scope
        for error in body.get("errors") or ()
        for scope in (error.get("context") or {}).get("requiredGranularScopes") or ()
    }
    if not scopes:
        return "HubSpot refuses access (a missing scope, or not in this edition)"
    return f"the app lacks a scope: any of {', '.join(sorted(scopes))}"


def _error(answer: Answer) -> dict[str, Any]:
    try:
        body = answer.json
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _token(settings: Mapping[str, str], base_url: str, pace: Pace) -> Token:
    fixed = settings.get(_ACCESS)
    if fixed:
        return Token(fixed)
    with Client(base_url, judge=_judge_token, pace=pace) as client:
        answer = client.post_form(
            f"/oauth/{api_version(settings)}/token",
            {
                "grant_type": "refresh_token",
                "client_id": settings["HUBSPOT_CLIENT_ID"],
                "client_secret": settings["HUBSPOT_CLIENT_SECRET"],
                "refresh_token": settings["HUBSPOT_REFRESH_TOKEN"],
            },
        )
    try:
        value, seconds = str(answer.json["access_token"]), float(answer.json["expires_in"])
    except (KeyError, TypeError, ValueError) as error:
        raise FatalError("HubSpot's token answer holds no token") from error
    return Token(value, expires_at=time.monotonic() + seconds)


def _judge_token(answer: Answer) -> Verdict:
    if answer.status == 429:
        return Verdict("pause", "rate limit", retry_after(answer))
    if answer.status >= 500:
        return Verdict("retry", f"status {answer.status}", retry_after(answer))
    return Verdict("credentials", _CHECK_OAUTH)
