"""Instants as HubSpot writes and reads them: ISO text in UTC, milliseconds only when there are any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(milliseconds: int) -> str:
    instant = _EPOCH + timedelta(milliseconds=milliseconds)
    # isoformat is several times faster than strftime, and a page holds hundreds of instants.
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    return instant.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def milliseconds(text: str) -> int:
    """Epoch milliseconds of digits (as they are), of a day or of ISO text; ValueError otherwise."""
    if text.lstrip("-").isdigit():
        return int(text)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def record_id(text: object) -> int | None:
    """A record id or list cursor; None for what no id of HubSpot's looks like."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None
