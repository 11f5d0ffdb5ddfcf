"""What the cells of a column have in common: the ground on which a type is inferred."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from sandbox.salesforce.ids import is_id, to_18
from sandbox.salesforce.instants import to_milliseconds

BOOLEANS = {"1": True, "0": False, "true": True, "false": False}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")

_KINDS = ("boolean", "number", "date", "datetime", "id", "object")


@dataclass
class Evidence:
    """`kinds` are the kinds of value that every cell so far could be; blanks speak for none."""

    count: int = 0
    blanks: int = 0
    longest: int = 0
    has_line_breaks: bool = False
    kinds: set[str] = field(default_factory=lambda: set(_KINDS))
    values: set[str] = field(default_factory=set)  # the first few different ones
    prefixes: set[str] = field(default_factory=set)  # of ids

    def see(self, text: str) -> None:
        if not text:
            self.blanks += 1
            return
        self.count += 1
        self.longest = max(self.longest, len(text))
        self.has_line_breaks = self.has_line_breaks or "\n" in text
        if len(self.values) < 4:
            self.values.add(text)
        for kind in tuple(self.kinds):
            if not _fits(kind, text):
                self.kinds.discard(kind)
        if "id" in self.kinds:
            self.prefixes.add(text[:3])

    def is_all(self, kind: str) -> bool:
        """Whether there are values and all are of the kind."""
        return self.count > 0 and kind in self.kinds

    @property
    def only_ones(self) -> bool:
        """How a checkbox is often exported: 1 or nothing."""
        return self.values == {"1"} and self.blanks > 0


def _fits(kind: str, text: str) -> bool:
    if kind == "boolean":
        return text.lower() in BOOLEANS
    if kind == "number":
        return _NUMBER.fullmatch(text) is not None
    if kind == "date":
        return _DATE.fullmatch(text) is not None
    if kind == "datetime":
        return _is_instant(text)
    if kind == "id":
        return is_id(text) and (len(text) == 15 or to_18(text[:15]) == text)
    return text.startswith("{") and _is_object(text)


def _is_instant(text: str) -> bool:
    if _INSTANT.fullmatch(text) is None:
        return False
    try:
        to_milliseconds(text)
    except ValueError:
        return False
    return True


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
