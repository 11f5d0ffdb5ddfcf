"""Ways of asking that hold for any vendor: batches, keyset search, halving of a window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from ingestion.engine.errors import RetriableError, TooMuchError
from ingestion.model import Window

T = TypeVar("T")
P = TypeVar("P")

STRAY_SHARE = 40  # of a page of 200, five
SMALLEST_WINDOW = timedelta(minutes=1)
BEGINNING = datetime(1999, 1, 1, tzinfo=UTC)  # older than any CRM we read


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Found(Protocol):
    """One page of a search: record ids with their change stamps in ms, in the order asked for."""

    @property
    def records(self) -> Sequence[tuple[int, int]]: ...
    @property
    def is_last(self) -> bool: ...


F = TypeVar("F", bound=Found)


def keyset(
    start: int,
    end: int,
    *,
    by_time: Callable[[int, int], F],
    by_id: Callable[[int, int], F],
) -> Iterator[F]:
    """Pages of all records changed in [start, end] ms, however many there are.

    Each question starts where the last page ended, so no page depends on an offset: neither a cap
    on offsets nor records that leave the window meanwhile can hide others. A page full of one
    millisecond is continued by id inside it. Records on the seams come twice.
    """
    while start <= end:
        page = by_time(start, end)
        yield page
        if _is_end(page):
            return
        reached = _reached(page)
        if reached > start:
            start = reached
            continue
        last_id = 0
        while True:
            page = by_id(start, last_id)
            yield page
            if _is_end(page):
                break
            last_id = max(record_id for record_id, _ in page.records)
        start += 1


def _is_end(page: Found) -> bool:
    if page.is_last:
        return True
    if not page.records:
        # To stop here would cut the rest off in silence.
        raise RetriableError("a search promises more records and names none")
    return False


def _reached(page: Found) -> int:
    """Up to where a page has told everything.

    An index sorts by what it knew; a record that has changed since then stands at its old place
    with its new stamp. At the end of a page such a stamp would lead past records that have not
    been told, so several of the last are asked and the earliest believed.
    """
    asked = max(2, len(page.records) // STRAY_SHARE)
    return min(stamp for _, stamp in page.records[-asked:])


def halving(window: Window, ask: Callable[[Window], Iterable[P]]) -> Iterator[P]:
    """Ask for the window; when that is too much, for its halves, down to a minute.

    Pages that came before the refusal are handed on as well: rows are merged by key later.
    """
    try:
        yield from ask(window)
    except TooMuchError:
        start = window.start or BEGINNING
        if window.end - start <= SMALLEST_WINDOW:
            raise
        middle = (start + (window.end - start) / 2).replace(microsecond=0)
        yield from halving(Window(window.start, middle), ask)
        yield from halving(Window(middle, window.end), ask)
