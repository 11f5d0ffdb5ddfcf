"""The search for changed records. It tells ids; what the records hold is read by batch.

Search stops at 10,000 rows, so no question here asks for a second page: each starts where the last
one ended. The `total` of each is of what then still lay ahead, records come and go meanwhile, and
the index lags: whether answers are missing cannot be told by it, only by the count afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.engine.extract import keyset
from ingestion.model import Pull
from ingestion.sources.hubspot.connection import api_version
from ingestion.sources.hubspot.quota import SEARCHES

SEARCH_PAGE = 200


def changed_ids(
    pull: Pull, name: str, modified: str, *, is_too_many: Callable[[int], bool]
) -> list[str] | None:
    """Ids of an object's records whose `modified` property lies in the pull's window.

    None when the first answer promises too many.
    """
    start = pull.window.start or datetime.fromtimestamp(1, UTC)  # 0 was seen to answer 500
    pages = keyset(
        _milliseconds(start),
        _milliseconds(pull.window.end),
        by_time=lambda low, high: _search(
            pull, name, modified, modified, [(modified, "GTE", low), (modified, "LTE", high)]
        ),
        by_id=lambda at, after_id: _search(
            pull,
            name,
            modified,
            "hs_object_id",
            [(modified, "EQ", at), ("hs_object_id", "GT", after_id)],
        ),
    )
    # Records on the seams of two questions come twice.
    ids: dict[str, None] = {}
    for number, page in enumerate(pages):
        if number == 0 and is_too_many(page.total):
            return None
        ids.update((str(key), None) for key, _ in page.records)
    return list(ids)


def number_of(pull: Pull, name: str) -> int:
    """How many live records an object has."""
    version = api_version(pull.settings)
    path = f"/crm/objects/{version}/{name}/search"
    answer = pull.client.post(path, {"filterGroups": [], "limit": 1}, groups=(SEARCHES,))
    pull.client.keep(answer)
    return int(answer.json["total"])


@dataclass(frozen=True)
class Found:
    """A page of a search."""

    records: Sequence[tuple[int, int]]
    is_last: bool
    total: int = 0


def _search(
    pull: Pull, name: str, modified: str, order: str, filters: Sequence[tuple[str, str, int]]
) -> Found:
    version = api_version(pull.settings)
    answer = pull.client.post(
        f"/crm/objects/{version}/{name}/search",
        {
            "filterGroups": [
                {
                    "filters": [
                        {"propertyName": field, "operator": operator, "value": str(value)}
                        for field, operator, value in filters
                    ]
                }
            ],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": [modified],
            "limit": SEARCH_PAGE,
        },
        groups=(SEARCHES,),
    )
    pull.client.keep(answer)
    return found(answer.json, modified)


def found(body: Mapping[str, Any], modified: str) -> Found:
    """What a search answer tells."""
    records = [
        (int(record["id"]), _milliseconds(_instant(record["properties"][modified])))
        for record in body["results"]
    ]
    return Found(records, is_last=not body.get("paging"), total=int(body.get("total") or 0))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _milliseconds(instant: datetime) -> int:
    return (instant - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
