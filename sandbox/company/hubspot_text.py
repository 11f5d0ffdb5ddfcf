"""How HubSpot writes values: every property is text or null, instants end with Z."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

Properties = dict[str, str | None]

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def encoded(values: Mapping[str, Any]) -> str:
    """JSON with the keys in alphabetical order, as the API returns them."""
    return _encode(values)


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000


def stamp(instant: datetime, thousandths: int = 0) -> str:
    """With milliseconds, as HubSpot writes its own stamps."""
    return f"{instant.isoformat()[:19]}.{thousandths:03d}Z"


def instant_text(instant: datetime) -> str:
    """Without milliseconds, as HubSpot writes instants that a person or a form has set."""
    return instant.isoformat()[:19] + "Z"


def number(value: Decimal | int) -> str:
    return format(value, "f")


@lru_cache(maxsize=256)
def exact(value: Decimal) -> str:
    """All digits of the binary fraction behind a decimal, which is what HubSpot's own numbers are."""
    return str(Decimal(float(value)))


def unset(key: int) -> str | None:
    """No value: null, or the empty text that clearing a field leaves behind."""
    return "" if key % 3 == 0 else None
