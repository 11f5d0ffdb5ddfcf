"""Access tokens: kept by one keeper for all workers, renewed once, never shown.

How a vendor hands them out is a function of its description; secrets come in as arguments.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ingestion.engine.errors import RetriableError

logger = logging.getLogger(__name__)

RENEW_EARLY = 60.0  # seconds; a token must outlive the request it is sent with
SHARE_OF_LIFE = 0.1  # of one that lives shortly: it must also be of some use
TRY_AGAIN = 15.0


@dataclass(frozen=True)
class Token:
    """`expires_at` is on the monotonic clock; None for tokens that die without notice. Under any other
    `header` than the usual one the token is sent bare."""

    value: str = field(repr=False)
    base_url: str = ""
    expires_at: float | None = None
    header: str = "Authorization"


class TokenKeeper:
    """Fetches when there is none, before one expires, and when the vendor refuses one."""

    def __init__(
        self, fetch: Callable[[], Token], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._renew_at: float | None = None

    def current(self) -> Token:
        with self._lock:
            if self._token is None:
                return self._fetched()
            if self._renew_at is not None and self._clock() >= self._renew_at:
                return self._early(self._token)
            return self._token

    def renew(self, refused: Token) -> Token:
        """A new token, unless another worker has already fetched one since `refused`."""
        with self._lock:
            if self._token is None or self._token.value == refused.value:
                return self._fetched()
            return self._token

    def _early(self, token: Token) -> Token:
        """A new token; while there is none to be had, the old one as long as it lives."""
        try:
            return self._fetched()
        except RetriableError as error:
            now = self._clock()
            if token.expires_at is None or now >= token.expires_at:
                raise
            logger.info("%s; the token at hand still serves", error)
            self._renew_at = min(now + TRY_AGAIN, token.expires_at)
            return token

    def _fetched(self) -> Token:
        token = self._token = self._fetch()
        if token.expires_at is None:
            self._renew_at = None
        else:
            life = token.expires_at - self._clock()
            self._renew_at = token.expires_at - min(RENEW_EARLY, life * SHARE_OF_LIFE)
        return token
