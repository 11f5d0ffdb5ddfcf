"""What every endpoint of the sandbox is handed: the store, the clock, faults, tokens, counters."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.faults import Faults
from sandbox.store import Store

# The groups that the request at hand was counted under; endpoints run in copies of this context.
COUNTED: ContextVar[list[str] | None] = ContextVar("counted", default=None)


@dataclass(frozen=True)
class Token:
    """An access token that was handed out. `expires` and `issued` are real time, not the story's."""

    vendor: str
    subject: str
    issued: float
    expires: float


class Tokens:
    """Access tokens in force; both vendors keep theirs here so that one call expires them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}

    def issue(self, vendor: str, subject: str, *, seconds: float, prefix: str = "") -> str:
        value = prefix + secrets.token_urlsafe(32)
        now = time.time()
        with self._lock:
            self._tokens[value] = Token(vendor, subject, now, now + seconds)
        return value

    def find(self, value: str) -> Token | None:
        """The token as issued, expired or not; None if this server never gave it out."""
        with self._lock:
            return self._tokens.get(value)

    def forget(self, value: str) -> None:
        with self._lock:
            self._tokens.pop(value, None)

    def expire(self) -> int:
        """End every token now; returns how many were still good."""
        now = time.time()
        with self._lock:
            alive = {key: token for key, token in self._tokens.items() if token.expires > now}
            for key, token in alive.items():
                self._tokens[key] = Token(token.vendor, token.subject, token.issued, now)
        return len(alive)


@dataclass
class Context:
    """One served store. `withheld_scopes` are the HubSpot scopes that the app was not granted."""

    path: Path
    enforce_limits: bool
    faults: Faults = field(default_factory=Faults)
    access_token_seconds: int = 1800
    salesforce_public_key: str | None = None  # PEM; None refuses every JWT
    withheld_scopes: frozenset[str] = frozenset()
    tokens: Tokens = field(default_factory=Tokens)

    def __post_init__(self) -> None:
        self._local = threading.local()
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def store(self) -> Store:
        """This thread's read-only connection, opened anew when the file was replaced."""
        status = self.path.stat()
        file = (status.st_dev, status.st_ino)
        store: Store | None = getattr(self._local, "store", None)
        if store is not None and self._local.file == file:
            return store
        if store is not None:
            store.close()
        store = Store(self.path, read_only=True)
        self._local.store, self._local.file = store, file
        return store

    def now(self) -> int:
        """The sandbox's clock in milliseconds. It stands still between two `advance`."""
        return self.store().now()

    def count(self, group: str) -> None:
        """One more request served; group is "METHOD /path-pattern".

        The server counts every request that its endpoint did not count by a finer pattern.
        """
        with self._lock:
            self._counts[group] += 1
        counted = COUNTED.get()
        if counted is not None:
            counted.append(group)

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._counts.items()))

    def reset_counts(self) -> None:
        with self._lock:
            self._counts.clear()
