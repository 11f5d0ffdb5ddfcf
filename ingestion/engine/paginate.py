"""Following a vendor's pages to the end, and refusing to walk in circles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingestion.engine.client import Answer, Check


def follow(
    fetch: Callable[[str | None, Check], Answer], next_of: Callable[[Answer], str | None]
) -> Iterator[Answer]:
    """Every page from the first on.

    A page that leads back to one already seen is an earlier page come again: it fails the check
    that `fetch` is handed, and is asked for anew.
    """
    seen: set[str] = set()
    cursor: str | None = None

    def is_new(answer: Answer) -> bool:
        following = next_of(answer)
        return following is None or following not in seen

    while True:
        answer = fetch(cursor, is_new)
        yield answer
        cursor = next_of(answer)
        if cursor is None:
            return
        seen.add(cursor)
