"""Whether a source can be reached at all: until it has answered once, the settings are in doubt.

Later in a run the same failures are weather, and waited out.
"""

from __future__ import annotations

from dataclasses import dataclass

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

FIRST_TRIES = 3
FIRST_CONNECT_TIMEOUT = 5.0


@dataclass
class Reach:
    """Shared by all clients of a source; `setting` holds the address.

    `has_answered`: something listens there. `has_spoken`: it is the vendor.
    """

    setting: str
    has_answered: bool = False
    has_spoken: bool = False

    @property
    def advice(self) -> str:
        return f"check {self.setting} and this machine's network"


def obstacle(error: requests.RequestException) -> str | None:
    """Why no connection came about; None when one did and broke."""
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not let it through"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here"
    for cause in _causes(error):
        if isinstance(cause, NameResolutionError):
            return "its name is not known"
        if isinstance(cause, NewConnectionError):
            return "nothing listens there"
        if isinstance(cause, ConnectTimeoutError):
            return "it takes no connection"
    return None


def _causes(error: BaseException) -> list[object]:
    """The exception that urllib3 gave up with, and those that it wraps."""
    found: list[object] = []
    seen: object = error.args[0] if error.args else None
    while seen is not None and seen not in found:
        found.append(seen)
        seen = getattr(seen, "reason", None)
    return found
