"""Pipedrive's three ways of paging: by cursor, by start and limit, not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.engine.client import Answer, Check
from ingestion.engine.paginate import follow
from ingestion.model import Page, Pull, Window
from ingestion.sources.pipedrive.quota import CALLS

PAGE = 500  # the most that is allowed; a page costs the same however long it is

Row = Mapping[str, Any]


def rows(answer: Answer) -> list[Row]:
    """Version 1 says null where there are none."""
    return answer.json["data"] or []


def changed_in(window: Window) -> str:
    """The part of a query that asks for changes. The end is exclusive, ours is not."""
    query = "&sort_by=update_time&sort_direction=asc"
    if window.start is not None:
        query += f"&updated_since={_stamp(window.start)}"
    return f"{query}&updated_until={_stamp(window.end + timedelta(seconds=1))}"


def answers(
    pull: Pull, path: str, belongs: Callable[[Row], bool] = lambda row: True
) -> Iterator[Answer]:
    """All pages of a list with cursors; `path` ends in a query, `belongs` knows its rows."""

    def fetch(cursor: str | None, check: Check) -> Answer:
        def is_right(answer: Answer) -> bool:
            return is_success(answer) and check(answer) and all(map(belongs, rows(answer)))

        asked = path if cursor is None else f"{path}&cursor={cursor}"
        return pull.client.get(asked, groups=(CALLS,), check=is_right)

    return follow(fetch, next_cursor)


def page(kind: str, answer: Answer, *, asked: tuple[str, ...] = (), **context: str) -> Page:
    return Page(
        kind,
        answer.body,
        len(rows(answer)),
        context=context,
        asked=asked,
        request=answer.request,
    )


def whole(pull: Pull, path: str) -> Iterator[Answer]:
    """A list of version 1 that has no pages."""
    yield pull.client.get(path, groups=(CALLS,), check=is_success)


def by_start(pull: Pull, path: str) -> Iterator[Answer]:
    """A list of version 1 that has pages by number; `path` ends in a query."""

    def fetch(start: str | None, check: Check) -> Answer:
        def is_right(answer: Answer) -> bool:
            # The page says where it begins: another one would pass for it.
            return (
                is_success(answer)
                and check(answer)
                and str(answer.json["additional_data"]["pagination"]["start"]) == (start or "0")
            )

        return pull.client.get(f"{path}&start={start or 0}", groups=(CALLS,), check=is_right)

    return follow(fetch, _next_start)


def is_success(answer: Answer) -> bool:
    """The body says so as well, and sometimes it says otherwise than the status."""
    return isinstance(answer.json, dict) and answer.json.get("success") is True


def next_cursor(answer: Answer) -> str | None:
    found = (answer.json.get("additional_data") or {}).get("next_cursor")
    return None if not found else str(found)


def _next_start(answer: Answer) -> str | None:
    pagination = answer.json["additional_data"]["pagination"]
    if not pagination["more_items_in_collection"]:
        return None
    return str(pagination["next_start"])


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
