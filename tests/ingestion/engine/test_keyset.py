"""The search for changed records against an index with all the habits of a real one.

It answers a page at most, never beyond its cap, learns of changes late, sorts by what it knew and
shows what is: nothing that it holds may be lost over two pulls whose windows overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.engine.errors import RetriableError
from ingestion.engine.extract import keyset

CAP = 10_000
END = 40  # of the first pull's window
LOOK_BACK = 10


@dataclass(frozen=True)
class Found:
    records: Sequence[tuple[int, int]]
    is_last: bool


@dataclass
class Record:
    """`place` is the stamp that the index sorts and filters by, None before it knows the record."""

    id: int
    stamp: int
    place: int | None = None


@dataclass
class Index:
    """A search index. `events` happen before the question of their number is answered."""

    records: list[Record]
    page: int = 3
    cap: int = CAP
    events: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    questions: int = 0

    def by_time(self, low: int, high: int) -> Found:
        return self._answer(
            lambda record: record.place is not None and low <= record.place <= high,
            # Inside a millisecond in any order, here neither by id nor at random.
            lambda record: (record.place or 0, record.id % 7, record.id),
        )

    def by_id(self, at: int, after: int) -> Found:
        return self._answer(
            lambda record: record.place == at and record.id > after, lambda record: record.id
        )

    def settle(self) -> None:
        for events in self.events.values():
            for event in events:
                event()
        self.events.clear()
        for record in self.records:
            record.place = record.stamp

    def pull(self, start: int, end: int) -> set[int]:
        pages = keyset(start, end, by_time=self.by_time, by_id=self.by_id)
        return {record_id for page in pages for record_id, _ in page.records}

    def _answer(
        self, is_meant: Callable[[Record], bool], order: Callable[[Record], object]
    ) -> Found:
        for event in self.events.pop(self.questions, ()):
            event()
        self.questions += 1
        assert self.questions < 10_000, "the search walks in circles"
        meant = sorted(filter(is_meant, self.records), key=order)  # type: ignore[arg-type]
        shown = [(record.id, record.stamp) for record in meant[: self.page]]
        return Found(shown, is_last=len(meant) <= self.page)


@dataclass(frozen=True)
class Life:
    """What becomes of a record while the first pull goes on, in numbers of questions."""

    stamp: int
    known_after: int | None  # None: the index knows it from the start
    moved_after: int | None
    index_follows: int  # so many questions later


lives = st.builds(
    Life,
    stamp=st.integers(0, END),
    known_after=st.none() | st.integers(0, 30),
    moved_after=st.none() | st.integers(0, 30),
    index_follows=st.integers(0, 10),
)


def _index(story: list[Life], page: int) -> Index:
    records = [Record(number + 1, life.stamp) for number, life in enumerate(story)]
    index = Index(records, page)
    for record, life in zip(records, story, strict=True):
        # What the index has not heard of yet is as young as the look-back is long.
        if life.known_after is None or life.stamp <= END - LOOK_BACK:
            record.place = life.stamp
        else:
            index.events.setdefault(life.known_after, []).append(_following(record))
        if life.moved_after is not None:
            moved, follows = life.moved_after, life.moved_after + life.index_follows
            index.events.setdefault(moved, []).append(_moving(record, END + 1 + moved))
            index.events.setdefault(follows, []).append(_following(record))
    return index


def _following(record: Record) -> Callable[[], None]:
    def follow() -> None:
        record.place = record.stamp

    return follow


def _moving(record: Record, stamp: int) -> Callable[[], None]:
    def move() -> None:
        record.stamp = stamp

    return move


@settings(max_examples=400, deadline=None)
@given(st.lists(lives, max_size=60), st.integers(2, 7))
def test_two_pulls_find_every_record_whatever_happens_meanwhile(
    story: list[Life], page: int
) -> None:
    index = _index(story, page)
    found = index.pull(0, END)
    steady = {
        number + 1
        for number, life in enumerate(story)
        if life.moved_after is None and (life.known_after is None or life.stamp <= END - LOOK_BACK)
    }
    strayed = sum(life.moved_after is not None for life in story)
    if strayed == 0:
        assert steady <= found
    index.settle()
    found |= index.pull(END - LOOK_BACK, END + 100)
    moved_or_young = {
        number + 1
        for number, life in enumerate(story)
        if life.moved_after is not None or life.stamp >= END - LOOK_BACK
    }
    assert moved_or_young <= found
    # One record that shows another stamp than it is sorted by leads past none.
    if strayed <= 1:
        assert found == {number + 1 for number in range(len(story))}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, END), min_size=1, max_size=60), st.data())
def test_a_record_sorted_by_an_old_stamp_hides_no_other(
    stamps: list[int], data: st.DataObject
) -> None:
    """It has changed inside the window, and the index has not heard of it."""
    index = Index([Record(number + 1, stamp, stamp) for number, stamp in enumerate(stamps)])
    stray = data.draw(st.sampled_from(index.records))
    stray.stamp = data.draw(st.integers(stray.stamp, END))
    assert index.pull(0, END) == {record.id for record in index.records}


def test_more_than_the_cap_in_one_millisecond() -> None:
    index = Index([Record(number, 7, 7) for number in range(1, CAP + 501)], page=200)
    assert len(index.pull(0, END)) == CAP + 500
    # The first page, then by id to the end: nothing is read over and over.
    assert index.questions <= 1 + (CAP + 500) / 200 + 3


def test_more_than_the_cap_in_a_window() -> None:
    records = [Record(number, number % 5_000, number % 5_000) for number in range(1, 2 * CAP + 1)]
    index = Index(records, page=200)
    assert len(index.pull(0, 5_000)) == 2 * CAP
    assert index.questions <= 1.1 * 2 * CAP / 200


def test_a_page_that_promises_more_and_names_nothing_is_no_end() -> None:
    empty = Found([], is_last=False)
    with pytest.raises(RetriableError, match="promises more"):
        list(keyset(0, END, by_time=lambda low, high: empty, by_id=lambda at, after: empty))
