"""One client per worker: session, timeout, retry with back-off, shared pace, token renewal.

What an answer means is the vendor's affair and comes in as `judge`; what to do about it is here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

import requests

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.errors import (
    CredentialsError,
    FatalError,
    QuotaError,
    RestartError,
    RetriableError,
    SkippableError,
    TooMuchError,
)
from ingestion.engine.pace import Pace

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 120.0
MAX_TRIES = 6
MAX_PAUSES = 60  # rate limits are not failures, but a limit that never lifts is one
LONGEST_WAIT = 60.0

Action = Literal[
    "ok", "retry", "pause", "renew", "skip", "too_much", "restart", "quota", "credentials", "fatal"
]


@dataclass(frozen=True)
class Answer:
    """What came back. `method` and `path` are all of the request that may be named."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body as JSON; ValueError when it is not."""
        return json.loads(self.body)

    @property
    def date(self) -> datetime | None:
        text = self.headers.get("Date")
        if not text:
            return None
        try:
            return parsedate_to_datetime(text).astimezone(UTC)
        except ValueError:
            return None


@dataclass(frozen=True)
class Verdict:
    """What to do about an answer; `reason` completes the sentence "GET /path: ..."."""

    action: Action
    reason: str = ""
    wait: float | None = None


Judge = Callable[[Answer], Verdict]
# Whether an answer belongs to the question: pages were seen to come twice.
Check = Callable[[Answer], bool]

_RAISE: dict[Action, type[Exception]] = {
    "skip": SkippableError,
    "too_much": TooMuchError,
    "restart": RestartError,
    "quota": QuotaError,
    "credentials": CredentialsError,
    "fatal": FatalError,
}


class Client:
    """Not shared between threads; the pace and the token keeper are."""

    def __init__(
        self,
        base_url: str,
        *,
        judge: Judge,
        pace: Pace,
        keeper: TokenKeeper | None = None,
        observe: Callable[[Answer, Pace], None] | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._judge = judge
        self._keeper = keeper
        self._observe = observe
        self._session = requests.Session()
        self.pace = pace
        self.requests = 0

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(
        self,
        path: str,
        *,
        groups: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
        is_json: bool = True,
        check: Check | None = None,
    ) -> Answer:
        """GET a path with its query already encoded."""
        return self._send("GET", path, groups, headers, is_json=is_json, check=check)

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        groups: tuple[str, ...] = (),
        check: Check | None = None,
    ) -> Answer:
        """POST JSON. Only used for questions, so that repeating one is harmless."""
        content = json.dumps(body).encode()
        return self._send("POST", path, groups, None, content=content, check=check)

    def post_form(self, path: str, form: Mapping[str, str]) -> Answer:
        return self._send("POST", path, (), None, form=form)

    def delete(self, path: str) -> Answer:
        return self._send("DELETE", path, (), None, is_json=False)

    def _send(
        self,
        method: str,
        path: str,
        groups: tuple[str, ...],
        headers: Mapping[str, str] | None,
        *,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        is_json: bool = True,
        check: Check | None = None,
    ) -> Answer:
        named = f"{method} {path.partition('?')[0]}"
        tries = pauses = 0
        renewed = False
        while True:
            token = self._keeper.current() if self._keeper else None
            self.pace.wait(groups)
            verdict, answer = self._once(
                method, path, token, headers=headers, data=content or form, is_json=is_json
            )
            if answer is not None and verdict.action == "ok" and check and not check(answer):
                verdict = Verdict("retry", "the answer to another question")
            if verdict.action == "ok" and answer is not None:
                return answer
            reason = f"{named}: {verdict.reason}"
            if verdict.action == "renew":
                if token is None or self._keeper is None or renewed:
                    raise CredentialsError(f"{reason}; a new token was refused as well")
                renewed = True
                self._keeper.renew(token)
            elif verdict.action == "pause" and pauses < MAX_PAUSES:
                pauses += 1
                # Everyone waits: the limit belongs to the account, not to this worker.
                self.pace.pause(verdict.wait if verdict.wait is not None else min(pauses, 10))
            elif verdict.action == "retry" and tries < MAX_TRIES - 1:
                tries += 1
                wait = verdict.wait if verdict.wait is not None else 0.25 * 2**tries
                logger.info("%s, try %s of %s follows", reason, tries + 1, MAX_TRIES)
                self.pace.sleep(min(wait, LONGEST_WAIT))
            elif verdict.action in ("retry", "pause"):
                raise RetriableError(f"{reason}; gave up after {tries + pauses + 1} tries")
            else:
                raise _RAISE[verdict.action](reason)

    def _once(
        self,
        method: str,
        path: str,
        token: Token | None,
        *,
        headers: Mapping[str, str] | None,
        data: bytes | Mapping[str, str] | None,
        is_json: bool,
    ) -> tuple[Verdict, Answer | None]:
        base = (token.base_url if token else "") or self._base_url
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token.value}"
        if isinstance(data, bytes):
            sent["Content-Type"] = "application/json"
        self.requests += 1
        try:
            response = self._session.request(
                method,
                base + path,
                headers=sent,
                data=data,
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                allow_redirects=False,
            )
        except (
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidURL,
        ):
            return Verdict("fatal", "not a web address: check the address in the settings"), None
        except (requests.exceptions.InvalidHeader, UnicodeError):
            said = "the token holds characters that no token has: copy it again"
            return Verdict("credentials", said), None
        except requests.Timeout:
            return Verdict("retry", "no answer in time"), None
        except requests.RequestException as error:
            # The exception's own text quotes the URL, and with it the query.
            said = f"the connection to {_host(base)} failed ({type(error).__name__})"
            return Verdict("retry", said), None
        answer = Answer(
            method, path.partition("?")[0], response.status_code, response.headers, response.content
        )
        if self._observe:
            self._observe(answer, self.pace)
        if 200 <= answer.status < 300:
            return _whole(answer, is_json=is_json), answer
        return self._judge(answer), answer


def _host(base_url: str) -> str:
    # Without what may stand before an @: that would be a password.
    return urlsplit(base_url).netloc.rpartition("@")[2] or "the vendor"


def retry_after(answer: Answer) -> float | None:
    """Seconds that the vendor asks to wait, if it says so in seconds."""
    text = answer.headers.get("Retry-After", "")
    try:
        return float(text)
    except ValueError:
        return None


def _whole(answer: Answer, *, is_json: bool) -> Verdict:
    """A success must also be readable: edges answer 200 with HTML, and bodies break off."""
    if not is_json:
        return Verdict("ok")
    try:
        _ = answer.json
    except ValueError:
        return Verdict("retry", f"status {answer.status} with a body that is not whole JSON")
    return Verdict("ok")
