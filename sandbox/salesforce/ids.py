"""Record ids: 15 characters in old reports and formulas, 18 everywhere else."""

from __future__ import annotations

import re

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def to_18(text: str) -> str:
    """A 15-character id with its checksum; anything else unchanged."""
    if len(text) != 15 or not is_id(text):
        return text
    suffix = ""
    for start in (0, 5, 10):
        block = text[start : start + 5]
        bits = sum(1 << place for place, char in enumerate(block) if "A" <= char <= "Z")
        suffix += _SUFFIX[bits]
    return text + suffix
