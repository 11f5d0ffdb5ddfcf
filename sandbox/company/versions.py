"""What a vendor's record has shown since it exists, which may be later than the neutral object."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sandbox.company.model import Timeline

T = TypeVar("T")
Versions = list[tuple[datetime, T]]


def versions(timeline: Timeline[T], start: datetime, at: datetime) -> Versions[T]:
    """The value in force when the record began, and each one set from then on."""
    found: Versions[T] = []
    for instant, value in timeline:
        if instant > at:
            break
        if instant < start:
            found = [(start, value)]
        else:
            found.append((instant, value))
    return found
