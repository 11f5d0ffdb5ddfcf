"""Numbers among the settings, which come as texts."""

from __future__ import annotations

import re
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


def share(settings: Mapping[str, str], name: str, default: float = 0.2) -> float:
    """A part of the whole, from 0 to below 1."""
    text = (settings.get(name) or "").strip()
    if not text:
        return default
    if not re.fullmatch(r"0(\.[0-9]+)?|\.[0-9]+", text, re.ASCII):
        raise FatalError(f"{name} must be a number from 0 to below 1, such as 0.2")
    return float(text)


def chosen(settings: Mapping[str, str], name: str, default: str) -> tuple[str, ...] | None:
    """Names with commas between; None where the setting says `all`, nothing where it says `none`."""
    text = (settings.get(name) or "").strip() or default
    if text.lower() in ("all", "none"):
        return None if text.lower() == "all" else ()
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
