"""Numbers among the settings, which come as texts."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.engine.errors import FatalError


def positive(settings: Mapping[str, str], name: str, default: int) -> int:
    text = (settings.get(name) or "").strip()
    if not text:
        return default
    # Only ASCII digits: int() would take 1_000 and digits of other scripts as well.
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise FatalError(f"{name} must be a whole number from 1 on")
    return int(text)
