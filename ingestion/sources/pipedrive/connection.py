"""How to reach Pipedrive and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from ingestion.engine.client import Answer, Client, Judge, Verdict, retry_after
from ingestion.engine.errors import SkippableError
from ingestion.engine.reach import Reach
from ingestion.model import Connection
from ingestion.sources.pipedrive import login, quota
from ingestion.sources.pipedrive.quota import CALLS, observe

BASE_URL = "https://api.pipedrive.com"
API_VERSION = "v2"
ME = "/v1/users/me"

_RETRIED = frozenset({500, 502, 503, 504, 520, 521, 522, 523, 524})
_BANNED_FOR = 60.0  # seconds; the edge does not say how long
# A deal may go while its changes are asked for: that is an answer, and no refusal of the entity.
_OF_ONE_DEAL = re.compile(r"/deals/\d+/changelog$")


def connect(settings: Mapping[str, str]) -> Connection:
    base_url = settings.get(login.ADDRESS) or BASE_URL
    pace = quota.pace(settings)
    reach = Reach(login.ADDRESS)
    keeper = login.keeper(settings, base_url=base_url, pace=pace, reach=reach)
    judging = partial(judge, is_fixed=login.has_fixed_token(settings))

    def open_client(judge: Judge = judging) -> Client:
        return Client(base_url, judge=judge, pace=pace, keeper=keeper, observe=observe, reach=reach)

    with open_client(partial(_judge_me, judge=judging)) as client:
        try:
            now = client.get(ME, groups=(CALLS,)).date or datetime.now(UTC)
        except SkippableError:
            # The right to see users is not needed to read records.
            now = datetime.now(UTC)
    return Connection(open_client=open_client, now=now, api_version=API_VERSION)


def judge(answer: Answer, *, is_fixed: bool = True) -> Verdict:
    """What an answer other than a success means."""
    status = answer.status
    if status == 401:
        if is_fixed:
            return Verdict("credentials", login.CHECK_TOKEN)
        return Verdict("renew", "the access token has expired")
    if status == 429:
        return _limited(answer)
    if status == 403 and not _said(answer):
        # The edge, not the API: what it answers to those who would not slow down.
        return Verdict("pause", "Pipedrive holds all calls off for a while", _BANNED_FOR)
    if status in (402, 403):
        return Verdict("skip", "Pipedrive refuses it (a missing scope, or not in this plan)")
    if status in (404, 410):
        if _OF_ONE_DEAL.search(answer.path):
            return Verdict("ok")
        return Verdict("skip", "Pipedrive has no such path for this account")
    if status == 400 and "cursor" in _said(answer):
        return Verdict("restart", "Pipedrive has forgotten the cursor")
    if status in _RETRIED:
        return Verdict("retry", f"status {status}", retry_after(answer))
    return Verdict("fatal", f"status {status}")


def _judge_me(answer: Answer, *, judge: Judge) -> Verdict:
    """Everybody is somebody: where that is not found, nothing else will be."""
    if answer.status == 404:
        return Verdict("fatal", f"Pipedrive does not know this address: check {login.ADDRESS}")
    return judge(answer)


def _limited(answer: Answer) -> Verdict:
    if quota.number(answer, quota.TOKENS_LEFT) == 0:
        return Verdict(
            "quota",
            "the account's API tokens for today are used up; Pipedrive gives new ones daily",
        )
    wait = retry_after(answer)
    if wait is None:
        wait = float(quota.number(answer, quota.RESET) or quota.WINDOW_SECONDS)
    return Verdict("pause", "rate limit", wait)


def _said(answer: Answer) -> str:
    """The vendor's own words; none where another has answered in its place."""
    try:
        return str(answer.json["error"])
    except (ValueError, KeyError, TypeError):
        return ""
