"""What differs between the fields of two loads, and what is written of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine.drift import SAME_LABEL, UNTOLD, Change, Known, changes
from ingestion.engine.landing import Writer
from ingestion.engine.load import load_folder
from ingestion.engine.warehouse import opened, prepare_books, prepare_tables
from ingestion.model import Field, Mode, Page, Plan, Window
from tests.ingestion.engine.test_load import SOURCE

AT = datetime(2026, 5, 1, tzinfo=UTC)
Row = tuple[Any, ...]


def _known(**types: str) -> dict[str, Known]:
    return {name: Known(type_, f"Label of {name}", False) for name, type_ in types.items()}


def _now(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


def _field(name: str, label: str | None = None, **rest: Any) -> Field:
    return Field(name, label=label or f"Label of {name}", **rest)


@pytest.mark.parametrize(
    ("known", "now", "absent", "expected"),
    [
        (_known(a="text"), _now(_field("a")), {}, []),
        (
            _known(a="text"),
            _now(_field("a"), _field("b", type="number")),
            {},
            [Change("b", "added", new="number")],
        ),
        (_known(a="text"), {}, {}, [Change("a", "removed", old="text", reason=UNTOLD)]),
        (
            _known(a="text"),
            {},
            {"a": "archived"},
            [Change("a", "removed", old="text", reason="archived")],
        ),
        ({"a": Known("text", "", True)}, {}, {}, []),
        (
            {"a": Known("text", "", True)},
            _now(_field("a", type="date")),
            {},
            [Change("a", "returned", new="date"), Change("a", "retyped", "text", "date")],
        ),
        (
            _known(a="number"),
            _now(_field("a", type="text")),
            {},
            [Change("a", "retyped", "number", "text")],
        ),
        (
            _known(a="text"),
            _now(_field("b", "Label of a")),
            {},
            [Change("b", "renamed", "a", "b", SAME_LABEL)],
        ),
    ],
)
def test_each_difference_is_a_change(
    known: dict[str, Known],
    now: dict[str, Field],
    absent: dict[str, str],
    expected: list[Change],
) -> None:
    assert changes(known, now, absent) == expected


@pytest.mark.parametrize(
    ("known", "now"),
    [
        # The label is another one.
        (_known(a="text"), _now(_field("b"))),
        # So is the type.
        (_known(a="text"), _now(_field("b", "Label of a", type="date"))),
        # Two could be it.
        (_known(a="text"), _now(_field("b", "Label of a"), _field("c", "Label of a"))),
        # Nobody has a label.
        ({"a": Known("text", "", False)}, _now(Field("b"))),
    ],
)
def test_a_rename_that_cannot_be_proved_is_told_as_two_changes(
    known: dict[str, Known], now: dict[str, Field]
) -> None:
    found = [one.change for one in changes(known, now, {})]
    assert sorted(set(found)) == ["added", "removed"]


def test_another_label_of_one_name_is_a_rename_of_the_label() -> None:
    (found,) = changes(_known(a="text"), _now(_field("a", "Another")), {})
    assert (found.change, found.old, found.new) == ("renamed", "Label of a", "Another")


class Books:
    """The toy source's landings and what the books say of their fields."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0

    def load(
        self, *fields: Field, mode: Mode = "incremental", absent: dict[str, str] | None = None
    ) -> Path:
        self.count += 1
        folder = self.root / "toy" / "deals"
        with Writer(folder, f"{self.count:04d}") as writer:
            record = {"id": "1", "properties": {}, "updatedAt": AT.isoformat(), "archived": False}
            writer.add(Page("records", json.dumps({"results": [record]}).encode(), 1))
            writer.finish(
                source="toy",
                entity="deals",
                mode=mode,
                window=Window(None, AT),
                api_version="1",
                landed_at=AT.replace(day=self.count),
                plan=Plan(fields, absent=absent or {}),
                requests=1,
                seconds=0.0,
            )
        self.read(folder / f"{self.count:04d}")
        return folder / f"{self.count:04d}"

    def read(self, folder: Path) -> None:
        with opened(self.root / "w.duckdb") as connection:
            prepare_books(connection)
            prepare_tables(connection, SOURCE)
            load_folder(connection, SOURCE, folder)

    def rows(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.root / "w.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


A_IN_THE_BOOKS = ("toy", "deals", "deals", "a", "text", "Label of a")
B_IN_THE_BOOKS = ("toy", "deals", "deals", "b", "number", "Label of b")
CHANGES = "select field, change, old, new, load_id from _ingestion.schema_changes order by all"


def test_the_first_load_is_where_comparison_begins(books: Books) -> None:
    books.load(_field("a"), _field("b", type="number", calculated=True, personal=True))
    assert books.rows(CHANGES) == []
    assert books.rows(
        "select source, entity, table_name, field, type, label, is_calculated, is_personal, "
        "is_hashed, first_load_id, last_load_id, removed_at from _ingestion.fields order by field"
    ) == [
        (*A_IN_THE_BOOKS, False, False, False, "0001", "0001", None),
        (*B_IN_THE_BOOKS, True, True, False, "0001", "0001", None),
    ]


def test_changes_are_written_once_with_the_load_that_saw_them(books: Books) -> None:
    books.load(_field("a"), _field("b"))
    books.load(_field("a", type="number"), absent={"b": "archived"})
    books.load(_field("a", type="number"))
    books.load(_field("a", type="number"), _field("b"))
    assert books.rows(CHANGES) == [
        ("a", "retyped", "text", "number", "0002"),
        ("b", "removed", "text", None, "0002"),
        ("b", "returned", None, "text", "0004"),
    ]
    assert books.rows("select reason, noticed_at::varchar from _ingestion.schema_changes "
                      "where change = 'removed'") == [("archived", "2026-05-02 00:00:00")]  # fmt: skip
    assert books.rows(
        "select field, removed_at, first_load_id, last_load_id from _ingestion.fields order by 1"
    ) == [("a", None, "0001", "0004"), ("b", None, "0001", "0004")]


def test_a_sweep_tells_nothing_of_the_fields_that_it_does_not_ask_for(books: Books) -> None:
    books.load(_field("a"), _field("b"))
    books.load(_field("a"), mode="sweep")
    assert books.rows(CHANGES) == []
    assert books.rows("select count(*) from _ingestion.fields where removed_at is null") == [(2,)]


def test_changes_come_with_the_rows_or_not_at_all(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.load(_field("a"))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("ingestion.engine.load.book", fail)
    with pytest.raises(RuntimeError):
        books.load(_field("a"), _field("b"))
    assert books.rows(CHANGES) == []
    monkeypatch.undo()
    books.read(books.root / "toy" / "deals" / "0002")
    assert [row[:2] for row in books.rows(CHANGES)] == [("b", "added")]


def test_raw_made_anew_from_landing_writes_no_change_twice(books: Books) -> None:
    folders = [books.load(_field("a")), books.load(_field("a"), _field("b"))]
    before = books.rows(CHANGES)
    with opened(books.root / "w.duckdb") as connection:
        connection.execute("drop schema raw_toy cascade")
        connection.execute("delete from _ingestion.fields")
    for folder in folders:
        books.read(folder)
    assert books.rows(CHANGES) == before
    assert len(before) == 1
    assert books.rows("select count(*) from _ingestion.fields") == [(2,)]
