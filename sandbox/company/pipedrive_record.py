"""One life in Pipedrive at an instant: what exists there by then, under which ids, and its rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sandbox.company.model import Life, Organisation
from sandbox.company.pipedrive_words import record_id, stamp
from sandbox.store import PipedriveRecord

LIVE, ARCHIVED, DELETED = "live", "archived", "deleted"


class _Mergeable(Protocol):
    key: int
    deleted_at: datetime | None
    merged_into: int | None
    pipedrive_at: datetime | None


class PipedriveLife:
    """Ids follow merges: what was the loser's is the winner's from then on."""

    def __init__(self, unit: Organisation, life: Life, at: datetime) -> None:
        self.unit = unit
        self.life = life
        self.at = at
        self.organizations = self._ids(life.companies)
        self.persons = self._ids(life.people)

    def happened(self, instant: datetime | None) -> bool:
        return instant is not None and instant <= self.at

    def is_there(self, item: _Mergeable) -> bool:
        return self.happened(item.pipedrive_at) and not self.happened(item.deleted_at)

    def _ids(self, items: Iterable[_Mergeable]) -> dict[int, int]:
        """The id under which each one is known, for those who are known at all."""
        present = {item.key: item for item in items if self.happened(item.pipedrive_at)}
        found = {}
        for key, item in present.items():
            last = item
            while last.merged_into in present and self.happened(last.deleted_at):
                last = present[last.merged_into]
            if not self.happened(last.deleted_at):
                found[key] = record_id(last.key)
        return found


def record(
    kind: str,
    number: int,
    created: datetime,
    updated: datetime | None,
    document: Mapping[str, Any],
    *,
    state: str = LIVE,
) -> PipedriveRecord:
    """A row of version 2: the document takes its id and its times from here."""
    times = {"add_time": stamp(created), "update_time": stamp(updated) if updated else None}
    return row(kind, number, created, updated, {"id": number, **document, **times}, state=state)


def row(
    kind: str,
    number: int,
    created: datetime,
    updated: datetime | None,
    document: Mapping[str, Any],
    *,
    state: str = LIVE,
) -> PipedriveRecord:
    return PipedriveRecord(
        kind,
        number,
        _milliseconds(created),
        None if updated is None else _milliseconds(updated),
        state,
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
    )


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000
