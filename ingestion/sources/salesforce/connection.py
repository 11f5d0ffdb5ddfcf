"""Who we are to Salesforce and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ingestion.engine.client import Answer, Client, Judge, Verdict, retry_after
from ingestion.engine.errors import SkippableError
from ingestion.engine.reach import Reach
from ingestion.model import Connection
from ingestion.sources.salesforce import login, quota

LOGIN_URL = "https://login.salesforce.com"
API_VERSION = "66.0"

_RETRIED = frozenset({406, 420, 429, 500, 502, 503, 504})
_QUOTA = "the org's API calls of the last 24 hours are used up; a later run continues where this one ends"
# Refusals about one object, by errorCode.
_SKIPPED = frozenset(
    {"INVALID_TYPE", "INSUFFICIENT_ACCESS", "FUNCTIONALITY_NOT_ENABLED", "NOT_FOUND"}
)
_NO_API = (
    "the API is not enabled: check that the org's edition has it and that the user that the app "
    "runs as has the permission API Enabled"
)
_NO_REST = (
    "Salesforce does not let this app use the REST API: check that its OAuth scopes hold `api` and "
    "that its policies permit the user"
)
_INCURABLE = ("not valid for use with the REST API", "not attached to Agent")


def connect(settings: Mapping[str, str]) -> Connection:
    login_url = settings.get("SALESFORCE_LOGIN_URL") or LOGIN_URL
    pace = quota.pace(settings)
    reach = Reach(login.ADDRESS)
    keeper = login.keeper(settings, login_url=login_url, pace=pace, reach=reach)

    def open_client(judge: Judge = judge) -> Client:
        return Client(
            login_url,
            judge=judge,
            pace=pace,
            keeper=keeper,
            observe=quota.observe,
            reach=reach,
        )

    with open_client(_judge_limits) as client:
        try:
            now = client.get(
                f"{data_path(settings)}/limits", groups=(quota.CALLS,)
            ).date or datetime.now(UTC)
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
            return Verdict("credentials", _NO_REST)
        return Verdict("renew", "Salesforce does not accept the session")
    if code == "REQUEST_LIMIT_EXCEEDED":
        if "TotalRequests" in message:
            return Verdict("quota", _QUOTA)
        wait = retry_after(answer)
        return Verdict("pause", "too many calls at once", 5.0 if wait is None else wait)
    if code in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
        return Verdict("credentials", _NO_API)
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
