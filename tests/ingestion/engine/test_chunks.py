"""Landed pages in bounded parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.engine import chunks
from ingestion.engine.errors import DamagedLandingError
from ingestion.engine.landing import Manifest, Writer
from ingestion.model import Page, Plan, Window

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _landed(folder: Path, pages: Sequence[Page]) -> Manifest:
    with Writer(folder, "1") as writer:
        for page in pages:
            writer.add(page)
        return writer.finish(
            source="toy", entity="things", mode="full", window=Window(None, NOW),
            api_version="1", landed_at=NOW, plan=Plan(), requests=1, seconds=0.0,
        )  # fmt: skip


def _read(folder: Path, manifest: Manifest) -> list[chunks.Chunk]:
    return list(chunks.read(folder / "1", manifest.pages, {page.kind for page in manifest.pages}))


def test_text_is_handed_on_in_bounded_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1000)
    bodies = [json.dumps({"results": ["é" * 50] * n}).encode() for n in range(1, 9)]
    manifest = _landed(tmp_path, [Page("records", body, 1) for body in bodies])
    found = _read(tmp_path, manifest)
    assert len(found) > 3
    texts = [text for chunk in found for text in chunk.table["body"].to_pylist()]
    assert [text.encode() for text in texts] == bodies
    numbers = [number for chunk in found for number in chunk.table["_page"].to_pylist()]
    assert numbers == list(range(8))


def test_pages_that_go_on_about_one_parent_stay_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1)
    asked = [("1", "2"), ("2",), ("3",), ("4", "5"), ("5",)]
    manifest = _landed(tmp_path, [Page("links", b"{}", 1, asked=ids) for ids in asked])
    parts = [[page.asked for page in chunk.pages] for chunk in _read(tmp_path, manifest)]
    assert parts == [asked[:2], asked[2:3], asked[3:]]


@pytest.mark.parametrize("block", [16, chunks.CSV_BLOCK])
def test_tables_keep_quotes_line_ends_and_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(chunks, "CSV_BLOCK", block)
    body = '\ufeff"Id","Name"\n"1","a\nlong, ""quoted"" é\r\nname"\n"2",""\n"3",\n"4","NULL"\n'
    manifest = _landed(tmp_path, [Page("records", body.encode(), 4, format="csv")])
    (chunk,) = _read(tmp_path, manifest)
    assert chunk.held == {"id", "name"}
    assert chunk.table["Name"].to_pylist() == ['a\nlong, "quoted" é\r\nname', None, None, "NULL"]


@pytest.mark.parametrize("body", [b'"Id","N"\n"1","cut', b'"Id","N"\n"1"\n'])
def test_a_table_that_breaks_off_is_refused(tmp_path: Path, body: bytes) -> None:
    manifest = _landed(tmp_path, [Page("records", body, 1, format="csv")])
    with pytest.raises(DamagedLandingError):
        _read(tmp_path, manifest)
