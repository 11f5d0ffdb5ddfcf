"""HubSpot's own number of an object's records: the `total` of one search.

The same search tells what changed meanwhile: it is sorted by change, the newest first. Sums are not
to be had from HubSpot; where all records are listed anyway, their amounts are added on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError, SkippableError
from ingestion.model import Counted, Pull
from ingestion.sources.hubspot.connection import api_version
from ingestion.sources.hubspot.quota import SEARCHES

NEWEST = 200
# The search index lags "a few moments"; so far does the next pull look back as well.
INDEX_LAG = 600

_EPOCH = datetime.fromtimestamp(0, UTC)


class Tally:
    """The sum of a column over the records that a listing shows, but for those that are younger than
    the pull."""

    def __init__(self) -> None:
        self.total: Decimal | None = None
        self._end = datetime.max.replace(tzinfo=UTC)

    def begin(self, end: datetime) -> None:
        """Anew: a pull that lost its place begins again."""
        self.total, self._end = Decimal(0), end

    def add(self, records: Iterable[Mapping[str, Any]], column: str) -> None:
        if self.total is None:
            return
        for record in records:
            text = record["properties"].get(column)
            if not text or datetime.fromisoformat(record["createdAt"]) > self._end:
                continue
            try:
                self.total += Decimal(text)
            except InvalidOperation:
                self.total = None
                return


def tally(pull: Pull) -> Tally:
    """The tally of the pull that is under way."""
    return pull.cache.get(f"tally:{pull.entity.name}", Tally)


def counting(
    name: str, created: str, modified: str, summed: str | None = None
) -> Callable[[Pull], Counted | None]:
    """How an object is counted. `created` and `modified` are its dates as search knows them."""

    def count(pull: Pull) -> Counted | None:
        end = (pull.window.end - _EPOCH) // timedelta(milliseconds=1)
        try:
            answer = _search(pull, name, created, modified, end, limit=NEWEST)
        except SkippableError:
            return None  # records that may be listed, but not searched
        except FatalError as error:
            if "status 400" not in str(error):
                raise
            return None
        stamps = [
            datetime.fromisoformat(record["properties"][modified])
            for record in answer.json["results"]
        ]
        changed = sum(at > pull.window.end for at in stamps)
        total = tally(pull).total if summed and pull.mode in ("full", "sweep") else None
        return Counted(
            rows=int(answer.json["total"]),
            changed_since=changed,
            counted_at=answer.date or datetime.now(UTC),
            sums={} if summed is None or total is None else {summed: format(total, "f")},
            lag=INDEX_LAG,
        )

    return count


def _search(pull: Pull, name: str, created: str, modified: str, end: int, *, limit: int) -> Answer:
    return pull.client.post(
        f"/crm/objects/{api_version(pull.settings)}/{name}/search",
        {
            "filterGroups": [
                {"filters": [{"propertyName": created, "operator": "LTE", "value": str(end)}]}
            ],
            "sorts": [{"propertyName": modified, "direction": "DESCENDING"}],
            "properties": [modified],
            "limit": limit,
        },
        groups=(SEARCHES,),
    )
