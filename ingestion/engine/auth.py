"""Access tokens: kept by one keeper for all workers, renewed once, never shown.

How a vendor hands them out is a function of its description; secrets come in as arguments.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

RENEW_EARLY = 60.0  # seconds; a token must outlive the request it is sent with


@dataclass(frozen=True)
class Token:
    """`expires_at` is on the monotonic clock; None for tokens that die without notice."""

    value: str = field(repr=False)
    base_url: str = ""
    expires_at: float | None = None


class TokenKeeper:
    """Fetches when there is none, before one expires, and when the vendor refuses one."""

    def __init__(
        self, fetch: Callable[[], Token], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None

    def current(self) -> Token:
        with self._lock:
            token = self._token
            if token is None or (
                token.expires_at is not None and self._clock() > token.expires_at - RENEW_EARLY
            ):
                token = self._token = self._fetch()
            return token

    def renew(self, refused: Token) -> Token:
        """A new token, unless another worker has already fetched one since `refused`."""
        with self._lock:
            if self._token is None or self._token.value == refused.value:
                self._token = self._fetch()
            return self._token
