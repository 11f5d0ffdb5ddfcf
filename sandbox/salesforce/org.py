"""What one played org remembers between requests, and who it says it is."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from sandbox import connection
from sandbox.context import Context
from sandbox.salesforce.cursors import Cursors, Usage
from sandbox.store import Store

DAILY_REQUESTS = 15_000
_UNLIMITED = 5_000_000
_ORGANIZATION_ID = "00D5g000004SandEAG"
_USER_ID = "0055g000004SandAAG"


@dataclass
class Settings:
    """What a test may turn, over POST /_control/salesforce."""

    daily_requests: int | None = None
    rotate_refresh_tokens: bool = False
    bulk_seconds: float = 0.2  # from creation to completion of a Bulk job
    bulk_failure: str | None = None  # the errorMessage with which the next jobs fail
    bulk_failures: int = 1


@dataclass
class Org:
    context: Context
    settings: Settings = field(default_factory=Settings)
    cursors: Cursors = field(default_factory=Cursors)
    usage: Usage = field(default_factory=Usage)
    refresh_tokens: set[str] = field(default_factory=lambda: {connection.SALESFORCE_REFRESH_TOKEN})
    lock: threading.Lock = field(default_factory=threading.Lock)
    describes: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def daily_requests(self) -> int:
        """The quota of the day: a developer org's, or so large that nobody meets it."""
        if self.settings.daily_requests is not None:
            return self.settings.daily_requests
        return DAILY_REQUESTS if self.context.enforce_limits else _UNLIMITED

    def described_at(self, name: str, document: str) -> int:
        """The second of the sandbox's clock since which this describe has stood as it is."""
        now = self.context.now() // 1000
        with self.lock:
            known, since = self.describes.get(name, (document, now))
            if known != document:
                since = now
            self.describes[name] = (document, since)
            return since


def organization(store: Store) -> dict[str, Any]:
    """The Organization record; an org imported from a folder may have none."""
    found = _first(store, "Organization", None)
    return found or {"Id": _ORGANIZATION_ID, "Name": "Sandbox", "TimeZoneSidKey": "UTC"}


def running_user(store: Store) -> dict[str, Any]:
    """The user that the integration runs as."""
    found = _first(store, "User", connection.SALESFORCE_USERNAME) or _first(store, "User", None)
    return found or {"Id": _USER_ID, "Username": connection.SALESFORCE_USERNAME}


def _first(store: Store, entity: str, username: str | None) -> dict[str, Any] | None:
    row = store.connection.execute(
        "select id, fields from sf_record where object = ? and purged = 0 and "
        "(? is null or json_extract(fields, '$.Username') = ?) limit 1",
        (entity, username, username),
    ).fetchone()
    return {**json.loads(row[1]), "Id": row[0]} if row else None
