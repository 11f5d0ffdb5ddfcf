"""Landing folders into raw, for a source made for the purpose."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from ingestion.engine import chunks
from ingestion.engine.errors import DamagedLandingError, FatalError
from ingestion.engine.fields import fields
from ingestion.engine.landing import MANIFEST, Manifest, Writer, bodies, folders, read_manifest
from ingestion.engine.load import load_folder
from ingestion.engine.warehouse import opened, prepare_books, prepare_tables
from ingestion.model import (
    Connection,
    Entity,
    Field,
    Loaded,
    Mode,
    Page,
    Plan,
    Pull,
    Reading,
    Source,
    Table,
    Value,
    Window,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
DEALS = Table(
    "deals",
    ("id",),
    fields("id amount:number is_won:boolean absorbed updatedAt:instant archived:boolean"),
    changed_at=("updatedAt",),
    deleted="archived",
    absorbed="absorbed",
)
LINKS = Table(
    "links",
    ("from_id", "to_id"),
    fields("from_id to_id"),
    parent=("from_id",),
)


def _nothing(pull: Pull, plan: Plan) -> Iterator[Page]:
    return iter(())


def _connect(settings: object) -> Connection:
    raise AssertionError("loading needs no connection")


SOURCE = Source(
    name="toy",
    entities={
        "deals": Entity(
            name="deals",
            tables=(DEALS, LINKS),
            readings=(
                Reading(
                    "records",
                    "deals",
                    "results[]",
                    {name: Value(0, (name,)) for name in ("id", "updatedAt", "archived")},
                    fields_at=("properties",),
                ),
                Reading(
                    "records",
                    "links",
                    "results[].links[]",
                    {"from_id": Value(0, ("id",)), "to_id": Value(1, ("to",))},
                ),
            ),
            plan=lambda pull: Plan(),
            extract=_nothing,
        )
    },
    missing=lambda settings: None,
    connect=_connect,
)
FIELDS = fields("amount:number is_won:boolean absorbed")


def record(
    key: str,
    changed: int = 0,
    *,
    links: list[str] | None = None,
    archived: bool = False,
    **properties: Any,
) -> dict[str, Any]:
    return {
        "id": key,
        "properties": properties,
        "updatedAt": (START + timedelta(minutes=changed)).isoformat().replace("+00:00", "Z"),
        "archived": archived,
        "links": [{"to": link} for link in links or []],
    }


class Warehouse:
    """A toy source's landing and raw."""

    def __init__(self, root: Path, source: Source = SOURCE) -> None:
        self.root = root
        self._source = source
        self._count = 0

    def land(
        self,
        *pages: list[dict[str, Any]],
        mode: Mode = "incremental",
        plan: tuple[Field, ...] = FIELDS,
        end: int = 60,
        beside: tuple[Page, ...] = (),
    ) -> Path:
        self._count += 1
        load_id = f"{self._count:04d}"
        folder = self.root / "toy" / "deals"
        with Writer(folder, load_id) as writer:
            for page in pages:
                writer.add(Page("records", json.dumps({"results": page}).encode(), len(page)))
            for other in beside:
                writer.add(other)
            writer.finish(
                source="toy",
                entity="deals",
                mode=mode,
                window=Window(None, START + timedelta(minutes=end)),
                api_version="1",
                landed_at=START + timedelta(days=self._count),
                plan=Plan(plan),
                requests=len(pages),
                seconds=0.0,
            )
        return folder / load_id

    def load(self, folder: Path) -> Loaded:
        with opened(self.root / "w.duckdb") as connection:
            prepare_books(connection)
            prepare_tables(connection, self._source)
            return load_folder(connection, self._source, folder)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.root / "w.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_rows_are_typed_and_stamped(warehouse: Warehouse) -> None:
    loaded = warehouse.load(warehouse.land([record("1", 5, amount="10.50", is_won="true")]))
    assert (loaded.rows_read, loaded.rows_inserted, loaded.rows_updated) == (1, 1, 0)
    ((amount, is_won, changed, load_id, is_deleted),) = warehouse.rows(
        "select cast(amount as varchar), is_won, _changed_at, _load_id, _is_deleted from raw_toy.deals"
    )
    assert (amount, is_won, load_id, is_deleted) == ("10.5000000000", True, "0001", False)
    assert changed == datetime(2026, 1, 1, 0, 5)


def test_the_newest_change_wins_whatever_the_order(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 9, amount="9")]))
    warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    assert warehouse.rows("select amount::int from raw_toy.deals") == [(9,)]


def test_of_equal_stamps_the_later_landing_wins(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    warehouse.load(warehouse.land([record("1", 5, amount="6")]))
    assert warehouse.rows("select amount::int from raw_toy.deals") == [(6,)]


def test_a_record_twice_in_a_landing_is_one_row(warehouse: Warehouse) -> None:
    warehouse.load(
        warehouse.land([record("1", 5, amount="5"), record("2")], [record("1", 7, amount="7")])
    )
    assert warehouse.rows("select id, amount::int from raw_toy.deals order by 1") == [
        ("1", 7),
        ("2", None),
    ]


def test_an_unchanged_row_is_not_written_again(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    loaded = warehouse.load(warehouse.land([record("1", 5, amount="5")]))
    assert (loaded.rows_inserted, loaded.rows_updated) == (0, 0)
    assert warehouse.rows("select _load_id from raw_toy.deals") == [("0001",)]


def test_an_archived_record_is_marked_and_a_restored_one_is_not(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 5)]))
    loaded = warehouse.load(warehouse.land([record("1", 5, archived=True)]))
    assert loaded.rows_deleted == 1
    assert warehouse.rows("select _is_deleted, _deleted_at is null from raw_toy.deals") == [
        (True, False)
    ]
    warehouse.load(warehouse.land([record("1", 5)]))
    assert warehouse.rows("select _is_deleted, _deleted_at is null from raw_toy.deals") == [
        (False, True)
    ]


def test_absorbed_records_point_to_their_winner(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1"), record("2"), record("3")]))
    warehouse.load(warehouse.land([record("3", 8, absorbed="1;2")]))
    assert warehouse.rows("select id, _is_deleted, _merged_into from raw_toy.deals order by 1") == [
        ("1", True, "3"),
        ("2", True, "3"),
        ("3", False, None),
    ]


def test_a_full_load_marks_what_it_has_not_met(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1"), record("2"), record("new", 90)], end=95))
    loaded = warehouse.load(warehouse.land([record("1")], mode="full", end=60))
    assert loaded.rows_deleted == 1
    # "new" was made after the listing began: its absence there says nothing.
    assert warehouse.rows("select id from raw_toy.deals where _is_deleted") == [("2",)]


def test_a_sweep_marks_and_refreshes_but_adds_nothing(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", amount="1", is_won="true"), record("2")]))
    plan = fields("amount:number")
    warehouse.load(
        warehouse.land([record("1", amount="7"), record("unknown")], mode="sweep", plan=plan)
    )
    assert warehouse.rows(
        "select id, amount::int, is_won, _is_deleted from raw_toy.deals order by 1"
    ) == [("1", 7, True, False), ("2", None, None, True)]


def test_children_are_those_of_the_last_reading_of_their_parent(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", links=["a", "b"]), record("2", links=["c"])]))
    loaded = warehouse.load(warehouse.land([record("1", 1, links=["b", "d"])]))
    assert (loaded.rows_inserted, loaded.rows_deleted) == (1, 1)
    assert warehouse.rows("select from_id, to_id from raw_toy.links order by all") == [
        ("1", "b"),
        ("1", "d"),
        ("2", "c"),
    ]
    warehouse.load(warehouse.land([record("1", 2)]))
    assert warehouse.rows("select from_id from raw_toy.links") == [("2",)]


def test_a_new_field_is_a_new_column(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", amount="1")]))
    plan = (*FIELDS, Field("coupon"), Field("rate", "number"))
    loaded = warehouse.load(
        warehouse.land([record("2", amount="2", coupon="X", rate="0.5")], plan=plan)
    )
    assert loaded.columns_added == ("coupon", "rate")
    assert warehouse.rows("select id, coupon, rate::double from raw_toy.deals order by 1") == [
        ("1", None, None),
        ("2", "X", 0.5),
    ]


def test_a_field_that_is_gone_keeps_its_last_value(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1", 1, amount="1", is_won="true")]))
    warehouse.load(warehouse.land([record("1", 2, is_won="false")], plan=fields("is_won:boolean")))
    assert warehouse.rows("select amount::int, is_won from raw_toy.deals") == [(1, False)]


def test_a_value_that_does_not_fit_is_kept_as_text(warehouse: Warehouse) -> None:
    first = [record("1", 1, amount="12"), record("2", 1, amount="a dozen")]
    loaded = warehouse.load(warehouse.land(first))
    assert loaded.columns_added == ("amount__text",)
    query = "select id, amount::int, amount__text from raw_toy.deals order by 1"
    assert warehouse.rows(query) == [("1", 12, None), ("2", None, "a dozen")]
    # Retyped by the vendor: old values stay, new ones are not lost, a value that fits moves back.
    retyped = (Field("amount"), *FIELDS[1:])
    warehouse.load(
        warehouse.land([record("1", 2, amount="many"), record("2", 2, amount="24")], plan=retyped)
    )
    assert warehouse.rows(query) == [("1", None, "many"), ("2", 24, None)]


def test_a_vendor_s_field_with_one_of_our_names_is_prefixed(warehouse: Warehouse) -> None:
    warehouse.load(
        warehouse.land(
            [record("1", archived=False) | {"properties": {"ID": "x"}}], plan=fields("ID")
        )
    )
    assert warehouse.rows("select id, property_ID from raw_toy.deals") == [("1", "x")]


def test_a_record_without_a_key_is_an_error_and_loads_nothing(warehouse: Warehouse) -> None:
    broken = record("1")
    del broken["id"]
    with pytest.raises(FatalError, match="1 rows for deals without id"):
        warehouse.load(warehouse.land([record("2"), broken]))
    assert warehouse.rows("select * from raw_toy.deals") == []
    assert warehouse.rows("select * from _ingestion.loads") == []


def test_rows_books_and_cursor_come_together(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1")], end=60))
    assert warehouse.rows("select entity, cursor_at from _ingestion.cursors") == [
        ("deals", datetime(2026, 1, 1, 1, 0))
    ]
    assert warehouse.rows("select load_id, status, rows, requests from _ingestion.loads") == [
        ("0001", "loaded", 1, 1)
    ]


@pytest.mark.parametrize("mode", ["backfill", "sweep"])
def test_a_backfill_and_a_sweep_move_no_cursor(warehouse: Warehouse, mode: Mode) -> None:
    warehouse.load(warehouse.land([record("1")], mode=mode))
    assert warehouse.rows("select * from _ingestion.cursors") == []


def test_a_cursor_never_moves_back(warehouse: Warehouse) -> None:
    warehouse.load(warehouse.land([record("1")], end=60))
    warehouse.load(warehouse.land([record("1")], end=30))
    assert warehouse.rows("select load_id from _ingestion.cursors") == [("0001",)]


def test_a_page_that_was_changed_is_refused(warehouse: Warehouse) -> None:
    folder = warehouse.land([record("1")])
    page = folder / "000001.json.gz"
    page.write_bytes(gzip.compress(b'{"results": []}'))
    with pytest.raises(DamagedLandingError, match=r"000001\.json\.gz does not match its checksum"):
        warehouse.load(folder)


def test_a_missing_page_and_a_broken_manifest_are_refused(warehouse: Warehouse) -> None:
    folder = warehouse.land([record("1")])
    (folder / "000001.json.gz").unlink()
    with pytest.raises(DamagedLandingError, match="is missing"):
        warehouse.load(folder)
    (folder / MANIFEST).write_text("{")
    with pytest.raises(DamagedLandingError, match="manifest cannot be read"):
        warehouse.load(folder)


def test_a_landing_gives_back_its_pages_and_its_manifest(warehouse: Warehouse) -> None:
    folder = warehouse.land([record("1")], [record("2")])
    manifest: Manifest = read_manifest(folder)
    assert (manifest.rows, manifest.mode, manifest.plan.fields) == (2, "incremental", FIELDS)
    texts = [json.loads(body)["results"][0]["id"] for _, body in bodies(folder, manifest)]
    assert texts == ["1", "2"]
    assert manifest == replace(manifest)


def test_a_pull_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    with Writer(tmp_path / "toy" / "deals", "0009") as writer:
        writer.add(Page("records", b"{}", 0))
    assert folders(tmp_path, "toy", "deals") == []
    assert list((tmp_path / "toy" / "deals").iterdir()) == []


@pytest.mark.parametrize("shape", [{"properties": ["amount"]}, {"links": {"to": "a"}}])
def test_records_of_another_shape_are_refused(warehouse: Warehouse, shape: dict[str, Any]) -> None:
    warehouse.load(warehouse.land([record("1", amount="1", links=["a"])]))
    with pytest.raises(FatalError, match="have not the documented shape"):
        warehouse.load(warehouse.land([record("1", 5) | shape]))
    assert warehouse.rows("select amount::int from raw_toy.deals") == [(1,)]
    assert warehouse.rows("select to_id from raw_toy.links") == [("a",)]


def test_a_page_without_its_list_is_refused(warehouse: Warehouse) -> None:
    folder = warehouse.root / "toy" / "deals"
    with Writer(folder, "0001") as writer:
        writer.add(Page("records", b'{"items": []}', 3))
        writer.finish(
            source="toy", entity="deals", mode="full", window=Window(None, START),
            api_version="1", landed_at=START, plan=Plan(FIELDS), requests=1, seconds=0.0,
        )  # fmt: skip
    with pytest.raises(FatalError, match="could not be loaded"):
        warehouse.load(folder / "0001")


def test_only_pages_that_speak_of_a_table_answer_for_its_parents(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record's log was asked for beside it; of the links in the record the log says nothing."""
    entity = SOURCE.entities["deals"]
    logs = Table("logs", ("deal",), fields("deal"), parent=("deal",))
    log = Reading("logs", "logs", "logs[]", {"deal": Value(0, ("deal",))})
    described = replace(entity, tables=(*entity.tables, logs), readings=(*entity.readings, log))
    monkeypatch.setitem(cast(dict[str, Entity], SOURCE.entities), "deals", described)
    asked = Page("logs", b'{"logs": [{"deal": "1"}]}', 1, asked=("1",))
    for links in (["a"], ["b", "c"]):
        warehouse.load(warehouse.land([record("1", links=links)], beside=(asked,)))
        assert warehouse.rows("select to_id from raw_toy.links order by 1") == [
            (link,) for link in links
        ]
    assert warehouse.rows("select deal from raw_toy.logs") == [("1",)]


def test_a_record_met_again_without_links_has_none(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read where a chunk holds no links; what was known of its records goes all the
    same, also when this very load has brought it."""
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1)
    bare = record("1", 1)
    del bare["links"]
    warehouse.load(warehouse.land([record("1", links=["a"]), record("2", links=["b"])], [bare]))
    assert warehouse.rows("select from_id from raw_toy.links") == [("2",)]
    other = record("2", 2)
    del other["links"]
    warehouse.load(warehouse.land([other]))
    assert warehouse.rows("select from_id from raw_toy.links") == []


def test_pages_that_make_several_chunks_are_one_load(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1)
    pages = [[record(str(n), links=["a"], amount=str(n))] for n in range(5)]
    # Met again, newer, in a later chunk; its links are those of that meeting.
    pages.append([record("2", 9, links=["b"], amount="22")])
    warehouse.load(warehouse.land(*pages, mode="full"))
    assert warehouse.rows("select id, amount::int from raw_toy.deals order by 1") == [
        ("0", 0),
        ("1", 1),
        ("2", 22),
        ("3", 3),
        ("4", 4),
    ]
    assert warehouse.rows("select to_id from raw_toy.links where from_id = '2'") == [("b",)]
    assert warehouse.rows("select count(*) from raw_toy.links") == [(5,)]
