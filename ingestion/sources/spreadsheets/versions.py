"""The versions of targets that do not say from when on they hold.

The first value of a target holds from the beginning of its period. Where a later reading finds
another value, that one holds from the day of the reading on, and the first keeps the days before.
Nothing in the files remembers the first: it is carried from landing to landing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ingestion.sources.spreadsheets.finish import Values, key_of
from ingestion.sources.spreadsheets.kinds import TARGETS
from ingestion.sources.spreadsheets.records import Record

# By series: from when on, the value and its currency; oldest first.
History = dict[str, list[tuple[str, str, str | None]]]


def history_of(document: Mapping[str, object]) -> History:
    """As an earlier landing has kept it."""
    found = document.get("versions")
    if not isinstance(found, dict):
        return {}
    return {str(series): [tuple(one) for one in entries] for series, entries in found.items()}


def with_versions(records: list[Record], history: History, today: date) -> list[Record]:
    """The records with a row for each version; `history` takes what is new."""
    found: list[Record] = []
    for record in records:
        values = record.values
        if values["is_valid_from_told"] == "true":
            found.append(record)
            continue
        entries = history.setdefault(str(values["series"]), [])
        _note(entries, values, today)
        for valid_from, value, currency in entries:
            version: Values = values | {
                "valid_from": valid_from,
                "target_value": value,
                "currency_code": currency,
            }
            key = key_of(TARGETS, version, "")
            found.append(replace(record, values=version, key=key))
    return found


def _note(entries: list[tuple[str, str, str | None]], values: Values, today: date) -> None:
    start, value = str(values["period_start"]), str(values["target_value"])
    currency = values.get("currency_code")
    if entries and entries[-1][1:] == (value, currency):
        return
    since = max(start, today.isoformat()) if entries else start
    # What changes twice on a day, or before the period begins, has held for no day.
    while entries and entries[-1][0] >= since:
        entries.pop()
    entries.append((since, value, currency))
