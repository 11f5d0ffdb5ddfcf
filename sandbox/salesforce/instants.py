"""Salesforce's forms of an instant, to and from milliseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime

DAY_MS = 86_400_000


def to_text(milliseconds: int) -> str:
    """As REST answers it: an offset without a colon."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment.isoformat()[:19]}.{milliseconds % 1000:03d}+0000"


def to_milliseconds(text: str) -> int:
    """Any ISO form with an offset or Z. Raises ValueError when there is none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return round(moment.timestamp() * 1000)
