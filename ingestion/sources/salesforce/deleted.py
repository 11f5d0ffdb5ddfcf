"""What Salesforce says it has deleted: the only trace of a record that never lay in the bin for us
to see, because it was purged at once or between two pulls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError, SkippableError
from ingestion.engine.parse import CONTEXT
from ingestion.model import Page, Pull, Reading, Value
from ingestion.sources.salesforce.connection import data_path
from ingestion.sources.salesforce.quota import CALLS

KIND = "deleted"
# The log is put together in the background, and may be trimmed every two hours.
LOOK_BACK = timedelta(hours=2)
REACHES_BACK = timedelta(days=15)
# It lists currencies that were only switched off.
_UNTRUE = frozenset({"CurrencyType"})
_REFUSALS = ("INVALID_REPLICATION_DATE", "EXCEEDED_ID_LIMIT")
_TOO_LONG_AGO = "deletions further back than the vendor's log reaches: a sweep finds them"


def pages(pull: Pull, document: Mapping[str, Any]) -> Iterator[Page]:
    """The ids that went since the last pull; nothing where the log does not tell."""
    log = _log(pull, document) if _is_told(pull, document) else None
    if log is None or log.answer is None:
        return
    records = log.answer.json["deletedRecords"]
    if records:
        yield Page(KIND, log.answer.body, len(records), context={"is_deleted": "true"})


def doubt(pull: Pull, document: Mapping[str, Any]) -> str | None:
    """Why deletions may have been missed."""
    if not _is_told(pull, document) or _log(pull, document).reaches_back:
        return None
    return _TOO_LONG_AGO


def reading(table: str, changed_at: tuple[str, ...]) -> Reading:
    values = {
        "Id": Value(0, ("id",)),
        "IsDeleted": Value(CONTEXT, ("is_deleted",)),
        changed_at[0]: Value(0, ("deletedDate",)),
    }
    return Reading(kind=KIND, table=table, path="deletedRecords[]", values=values, is_aside=True)


@dataclass(frozen=True)
class _Log:
    """What the vendor's log of deletions had to say."""

    answer: Answer | None
    reaches_back: bool


def _is_told(pull: Pull, document: Mapping[str, Any]) -> bool:
    return (
        pull.mode == "incremental"
        and pull.window.start is not None
        and bool(document.get("replicateable", True))
        and document["name"] not in _UNTRUE
    )


def _log(pull: Pull, document: Mapping[str, Any]) -> _Log:
    """Asked for once per window: a pull that goes on and the one that follows it have two."""
    name, window = document["name"], pull.window
    return pull.cache.get(f"deleted:{name}:{window}", lambda: _ask(pull, name))


def _ask(pull: Pull, name: str) -> _Log:
    start, end = pull.window.start, pull.window.end
    if start is None or end - start >= REACHES_BACK:
        return _Log(None, reaches_back=False)
    start = max(start - LOOK_BACK, end - REACHES_BACK + timedelta(minutes=1))
    path = f"{data_path(pull.settings)}/sobjects/{name}/deleted/"
    try:
        answer = pull.client.get(
            f"{path}?start={_literal(start)}&end={_literal(end)}", groups=(CALLS,)
        )
    except SkippableError:
        return _Log(None, reaches_back=True)  # an object that has no such log
    except FatalError as error:
        if any(code in str(error) for code in _REFUSALS):
            return _Log(None, reaches_back=False)
        raise
    return _Log(answer, reaches_back=True)


def _literal(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
