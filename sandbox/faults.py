"""What can be made to go wrong, for which requests, how often. The server applies it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.spoil import LATER_PAGES

KINDS = (
    "status",
    "slow",
    "cut",
    "malformed",
    "html",
    "expired_token",
    "duplicate_page",
    "drop",
    "broken_gzip",
    "cut_gzip",
    "gzip_without_end",
    "missing_page",
    "looping_cursor",
    "lost_cursor",
    "clock_skew",
    "failed_job",
)
POLICIES = ("TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY")


@dataclass(frozen=True)
class Fault:
    """One rule. `times` None = until cleared; `after` = matching requests that pass first.

    `seconds` are those that a slow answer takes, or by which a skewed clock is ahead.
    """

    path: str
    kind: str
    method: str | None = None
    status: int | None = None
    times: int | None = None
    after: int = 0
    seconds: float = 1.0
    policy: str = "TEN_SECONDLY_ROLLING"
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class FaultError(ValueError):
    """A rule that cannot be understood; the text says which part."""


def parse_fault(rule: Mapping[str, Any]) -> Fault:
    """Check a rule that came as JSON: a misspelt rule must not pass as a sandbox without faults."""
    unknown = sorted(set(rule) - set(Fault.__dataclass_fields__))
    if unknown:
        raise FaultError(f"unknown field: {', '.join(unknown)}")
    if rule.get("kind") not in KINDS:
        raise FaultError(f"kind must be one of {', '.join(KINDS)}")
    if not isinstance(rule.get("path"), str):
        raise FaultError("path must be a regular expression")
    try:
        re.compile(rule["path"])
    except re.error as error:
        raise FaultError(f"path is no regular expression: {error}") from error
    if rule["kind"] == "status" and not isinstance(rule.get("status"), int):
        raise FaultError("a status fault needs a status")
    if rule["kind"] == "clock_skew" and not isinstance(rule.get("seconds"), (int, float)):
        raise FaultError("a clock_skew needs seconds")
    if rule.get("policy", POLICIES[0]) not in POLICIES:
        raise FaultError(f"policy must be one of {', '.join(POLICIES)}")
    return Fault(**rule)


class Armed:
    """A fault and how often it has been met. `last_body` is the page that a duplicate repeats."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.applied = 0
        self.last_body: tuple[bytes, str] | None = None
        self._pattern = re.compile(fault.path)

    def matches(self, method: str, path: str) -> bool:
        if self.fault.method is not None and self.fault.method.upper() != method:
            return False
        return self._pattern.search(path) is not None

    def due(self, *, is_later_page: bool) -> bool:
        """Count one matching request and say whether the fault strikes it."""
        if self.fault.kind in LATER_PAGES and not is_later_page:
            return False
        self.seen += 1
        if self.seen <= self.fault.after:
            return False
        if self.fault.times is not None and self.applied >= self.fault.times:
            return False
        # The first page has nothing to repeat: it passes and is remembered.
        if self.fault.kind == "duplicate_page" and self.last_body is None:
            return False
        self.applied += 1
        return True


class Faults:
    """The armed rules, safe to change while requests are served. The first due rule strikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Armed] = []

    def add(self, faults: Iterable[Fault]) -> None:
        with self._lock:
            self._armed = [*self._armed, *(Armed(fault) for fault in faults)]

    def clear(self) -> None:
        with self._lock:
            self._armed = []

    def strike(self, method: str, path: str, *, is_later_page: bool = False) -> Armed | None:
        """The rule that this request falls to, if any."""
        with self._lock:
            for armed in self._armed:
                if armed.matches(method, path) and armed.due(is_later_page=is_later_page):
                    return armed
        return None

    def remember(self, method: str, path: str, body: bytes, content_type: str) -> None:
        """Keep an answered page for the rules that repeat pages."""
        with self._lock:
            for armed in self._armed:
                if armed.fault.kind == "duplicate_page" and armed.matches(method, path):
                    armed.last_body = (body, content_type)
