"""One client per worker: session, timeout, retry with back-off, shared pace, token renewal.

What an answer means is the vendor's affair and comes in as `judge`; what to do about it is here.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import orjson
import requests

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.body import read_whole
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
from ingestion.engine.reach import FIRST_CONNECT_TIMEOUT, FIRST_TRIES, Reach, obstacle

logger = logging.getLogger(__name__)

USER_AGENT = "sales-heartbeat"  # so that an account's owner can tell our calls from others'
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
    request: str = ""  # tells apart what was asked, without naming it

    @cached_property
    def json(self) -> Any:
        """The body as JSON; ValueError when it is not."""
        try:
            return orjson.loads(memoryview(self.body))  # it takes no heirs of bytes
        except orjson.JSONDecodeError:
            # It refuses what vendors do send: half a surrogate pair where a text was cut.
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
    tries: int = MAX_TRIES


Judge = Callable[[Answer], Verdict]
# Whether an answer belongs to the question: pages were seen to come twice.
Check = Callable[[Answer], bool]


class Memory(Protocol):
    """Answers that need not be asked for again."""

    def found(self, request: str) -> Answer | None: ...
    def keep(self, answer: Answer) -> None: ...


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
        reach: Reach | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._judge = judge
        self._keeper = keeper
        self._observe = observe
        self._reach = reach
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.headers["Accept-Encoding"] = "gzip"  # what lands as it came
        self._settings_of: dict[str, dict[str, Any]] = {}
        self.pace = pace
        self.requests = 0
        self.is_background = False  # what can wait leaves a day's reserve to others
        self.memory: Memory | None = None

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

    def post_form(
        self, path: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return self._send("POST", path, (), headers, form=form)

    def beside(self) -> Client:
        """Another client of the same account, for a thread of its own."""
        client = Client(
            self._base_url,
            judge=self._judge,
            pace=self.pace,
            keeper=self._keeper,
            observe=self._observe,
            reach=self._reach,
        )
        client.is_background, client.memory = self.is_background, self.memory
        return client

    def keep(self, answer: Answer) -> None:
        """Remember an answer that no page holds, should the pull be broken off."""
        if self.memory is not None:
            self.memory.keep(answer)

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
        asked = hashlib.sha256(f"{method} {path}\n".encode() + (content or b"")).hexdigest()
        known = self.memory.found(asked) if self.memory is not None else None
        if known is not None:
            return known
        tries = pauses = 0
        renewed = False
        while True:
            token = self._keeper.current() if self._keeper else None
            ticket = self.pace.wait(groups, is_background=self.is_background)
            try:
                verdict, answer = self._once(
                    method,
                    path,
                    token,
                    headers=headers,
                    data=content or form,
                    is_json=is_json,
                    asked=asked,
                )
            finally:
                self.pace.done(ticket)
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
                wait = verdict.wait if verdict.wait is not None else min(pauses, 10)
                self.pace.refused(ticket, wait)
            elif verdict.action == "retry" and tries < min(MAX_TRIES, verdict.tries) - 1:
                tries += 1
                wait = verdict.wait if verdict.wait is not None else 0.25 * 2**tries
                logger.info("%s, try %s of %s follows", reason, tries + 1, verdict.tries)
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
        asked: str,
    ) -> tuple[Verdict, Answer | None]:
        base = (token.base_url if token else "") or self._base_url
        sent = dict(headers or {})
        if token:
            is_usual = token.header == "Authorization"
            sent[token.header] = f"Bearer {token.value}" if is_usual else token.value
        if isinstance(data, bytes):
            sent["Content-Type"] = "application/json"
        self.requests += 1
        try:
            question = requests.Request(
                method, base + path, headers=sent, data=data, auth=_as_it_is
            )
            response = self._session.send(
                self._session.prepare_request(question),
                timeout=(self._connect_timeout, READ_TIMEOUT),
                allow_redirects=False,
                **self._surroundings(base),
            )
            body = read_whole(response)
        except (
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidURL,
        ):
            return Verdict("fatal", "not a web address: check the address in the settings"), None
        except (requests.exceptions.InvalidHeader, UnicodeError):
            said = "the token holds characters that no token has: copy it again"
            return Verdict("credentials", said), None
        except requests.RequestException as error:
            return self._unanswered(base, error), None
        if self._reach:
            self._reach.has_answered = True
        answer = Answer(
            method,
            path.partition("?")[0],
            response.status_code,
            response.headers,
            body,
            asked,
        )
        if self._observe:
            self._observe(answer, self.pace)
        is_success = 200 <= answer.status < 300
        verdict = _whole(answer, is_json=is_json) if is_success else self._judge(answer)
        return self._believed(verdict, answer), answer

    def _believed(self, verdict: Verdict, answer: Answer) -> Verdict:
        """Until the vendor has spoken once, a web page or a redirect speaks against the address."""
        if self._reach is None or self._reach.has_spoken:
            return verdict
        if 300 <= answer.status < 400:
            said = f"status {answer.status}, which leads elsewhere"
            return Verdict("fatal", f"{said}: {self._reach.advice}")
        is_page = "html" in answer.headers.get("Content-Type", "")
        if verdict.action == "retry" and answer.status < 300 and is_page:
            said = f"a web page, not data: {self._reach.advice}"
            return Verdict("retry", said, tries=FIRST_TRIES)
        self._reach.has_spoken = verdict.action == "ok"
        return verdict

    def _surroundings(self, base: str) -> dict[str, Any]:
        """Proxies and certificates, as the environment says: looked up once, not per request."""
        if base not in self._settings_of:
            self._settings_of[base] = dict(
                self._session.merge_environment_settings(base, {}, True, None, None)
            )
        return self._settings_of[base]

    @property
    def _connect_timeout(self) -> float:
        is_first = self._reach is not None and not self._reach.has_answered
        return FIRST_CONNECT_TIMEOUT if is_first else CONNECT_TIMEOUT

    def _unanswered(self, base: str, error: requests.RequestException) -> Verdict:
        """What to do where nothing came back. The exception's own text quotes the URL, and with it
        the query."""
        why = obstacle(error)
        if why is None and isinstance(error, requests.Timeout):
            return Verdict("retry", "no answer in time")
        said = f"the connection to {_host(base)} failed ({why or type(error).__name__})"
        if why is None or self._reach is None or self._reach.has_answered:
            return Verdict("retry", said)
        return Verdict("retry", f"{said}: {self._reach.advice}", tries=FIRST_TRIES)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # Without a word on authentication a ~/.netrc would replace ours.
    return request


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
