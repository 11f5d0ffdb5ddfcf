"""Who we are to HubSpot, what its answers mean, how fast it may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ingestion.engine.client import Answer, Client, Judge, Verdict, retry_after
from ingestion.engine.errors import SkippableError
from ingestion.engine.reach import Reach
from ingestion.model import Connection
from ingestion.sources.hubspot import login, quota
from ingestion.sources.hubspot.quota import API_VERSION, CALLS, observe

BASE_URL = "https://api.hubapi.com"

_RETRIED = frozenset({423, 477, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526})


def connect(settings: Mapping[str, str]) -> Connection:
    base_url = settings.get("HUBSPOT_BASE_URL") or BASE_URL
    pace = quota.pace(settings)
    reach = Reach(login.ADDRESS)
    version = api_version(settings)
    keeper = login.keeper(settings, base_url=base_url, version=version, pace=pace, reach=reach)
    is_fixed = login.has_fixed_token(settings)

    def open_client(judge: Judge = judge) -> Client:
        return Client(
            base_url,
            judge=partial(_judge_login, judge=judge, is_fixed=is_fixed),
            pace=pace,
            keeper=keeper,
            observe=observe,
            reach=reach,
        )

    with open_client(_judge_account) as client:
        try:
            answer = client.get(account_path(version), groups=(CALLS,))
            now = answer.date or datetime.now(UTC)
        except SkippableError:
            # The rights to read the account are not needed to read its records.
            now = datetime.now(UTC)
        quota.learn(client, settings)
    return Connection(open_client=open_client, now=now, api_version=version)


def api_version(settings: Mapping[str, str]) -> str:
    return settings.get("HUBSPOT_API_VERSION") or API_VERSION


def account_path(version: str) -> str:
    return f"/account-info/{version}/details"


def judge(answer: Answer) -> Verdict:
    """What an answer other than a success means."""
    status, body = answer.status, _error(answer)
    category = str(body.get("category", ""))
    if status == 429:
        return _limited(answer, str(body.get("policyName", "")))
    if status == 401:
        if category == "EXPIRED_AUTHENTICATION":
            return Verdict("renew", "the access token has expired")
        return Verdict("credentials", login.CHECK_ACCESS)
    if status == 530:
        return Verdict("credentials", login.CHECK_ACCESS)
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
        return Verdict("fatal", login.NO_SUCH_ADDRESS)
    return judge(answer)


def _judge_login(answer: Answer, *, judge: Judge, is_fixed: bool) -> Verdict:
    """What a refused token means depends on where it came from."""
    verdict = judge(answer)
    if answer.status not in (401, 530):
        return verdict
    if is_fixed and verdict.action == "renew":
        return Verdict("credentials", login.HAS_EXPIRED)
    if not is_fixed and verdict.action == "credentials":
        return Verdict("credentials", login.CHECK_OAUTH)
    return verdict


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
