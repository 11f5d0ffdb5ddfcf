"""Pages to the end, searches of any size, windows that are too big."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.engine.client import Client, Verdict
from ingestion.engine.errors import RetriableError, TooMuchError
from ingestion.engine.extract import halving, keyset
from ingestion.engine.pace import Pace
from ingestion.engine.paginate import follow
from ingestion.model import Window

PAGE = 3


@dataclass(frozen=True)
class Found:
    records: Sequence[tuple[int, int]]
    is_last: bool


def _cut(rows: list[tuple[int, int]]) -> Found:
    return Found(rows[:PAGE], is_last=len(rows) <= PAGE)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=40))
def test_a_search_finds_every_record_whatever_shares_a_millisecond(stamps: list[int]) -> None:
    records = [(number + 1, stamp) for number, stamp in enumerate(stamps)]

    def by_time(low: int, high: int) -> Found:
        inside = [record for record in records if low <= record[1] <= high]
        return _cut(sorted(inside, key=lambda record: (record[1], record[0] % 7)))

    def by_id(at: int, after: int) -> Found:
        return _cut(sorted(record for record in records if record[1] == at and record[0] > after))

    pages = keyset(0, 5, by_time=by_time, by_id=by_id)
    assert {record for page in pages for record in page.records} == set(records)


def test_a_window_that_is_too_big_is_halved() -> None:
    asked: list[Window] = []

    def ask(window: Window) -> Iterator[Window]:
        asked.append(window)
        if window.start is None or (window.end - window.start).days > 400:
            raise TooMuchError("too much")
        yield window

    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    parts = list(halving(window, ask))
    assert [part.start for part in parts] == [
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 12, 31, 12, tzinfo=UTC),
    ]
    assert parts[-1].end == window.end


def test_a_window_that_cannot_be_smaller_is_given_up() -> None:
    def ask(window: Window) -> Iterator[Window]:
        raise TooMuchError("too much")
        yield window

    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 0, 2, tzinfo=UTC))
    with pytest.raises(TooMuchError):
        list(halving(window, ask))


def _pages(client: Client) -> list[int]:
    return [
        answer.json["page"]
        for answer in follow(
            lambda cursor, check: client.get(f"/pages/{cursor or 1}", check=check),
            lambda answer: answer.json.get("next"),
        )
    ]


def _client() -> Client:
    return Client(
        "https://crm.example",
        judge=lambda answer: Verdict("fatal"),
        pace=Pace(clock=lambda: 0.0, sleep=lambda seconds: None),
    )


@responses.activate
def test_a_page_that_comes_twice_is_asked_for_again() -> None:
    first = {"page": 1, "next": "2"}
    responses.get("https://crm.example/pages/1", json=first)
    responses.get("https://crm.example/pages/2", json=first)
    responses.get("https://crm.example/pages/2", json={"page": 2})
    with _client() as client:
        assert _pages(client) == [1, 2]


@responses.activate
def test_a_cursor_that_loops_ends_the_pull() -> None:
    responses.get("https://crm.example/pages/1", json={"page": 1, "next": "2"})
    responses.get("https://crm.example/pages/2", json={"page": 2, "next": "2"})
    with _client() as client, pytest.raises(RetriableError, match="another question"):
        _pages(client)
