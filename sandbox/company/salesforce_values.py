"""How Salesforce writes values: numbers and booleans are real, unset is null, percents are 0 to 100."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Fields = dict[str, Any]

encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000


def stamp(instant: datetime) -> str:
    return instant.isoformat()[:19] + ".000+0000"


def stamp_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else stamp(instant)


def day_or_none(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def number(value: Decimal | int) -> float:
    """As the API prints currency and percent: with a decimal point. Two places survive a float."""
    return float(value)


def number_or_none(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
