"""Bodies that are gzip: whole, broken, cut, in parts, and as they land."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import requests
import responses

from ingestion.engine.body import Body, unpacked
from ingestion.engine.client import Client
from ingestion.engine.landing import Writer
from ingestion.engine.pace import Pace
from ingestion.model import Page
from ingestion.sources.hubspot import connection as hubspot
from ingestion.sources.salesforce import bulk

URL = "https://crm.example"
TEXT = json.dumps({"results": [{"id": str(n)} for n in range(50)]}).encode()
PACKED = gzip.compress(TEXT, 9, mtime=0)
HEADERS = {"Content-Encoding": "gzip"}


def _client() -> Client:
    return Client(URL, judge=hubspot.judge, pace=Pace(sleep=lambda seconds: None))


@pytest.mark.parametrize(
    "broken",
    [
        PACKED[:-1],
        PACKED[:40],
        PACKED[:-8] + bytes(8),
        PACKED[:30] + b"\x00\x00" + PACKED[32:],
        b"<html>busy</html>",
        gzip.compress(TEXT[:-3], mtime=0),
    ],
    # Not the bytes: the workers must give a test one name.
    ids=["cut by a byte", "cut early", "no checksum", "zeros inside", "no gzip", "a broken text"],
)
@responses.activate
def test_a_broken_gzip_is_asked_for_again(broken: bytes) -> None:
    responses.get(f"{URL}/things", body=broken, headers=HEADERS)
    responses.get(f"{URL}/things", body=PACKED, headers=HEADERS)
    with _client() as client:
        assert client.get("/things").body == TEXT
    assert len(responses.calls) == 2


@responses.activate
def test_a_page_lands_as_the_vendor_has_packed_it(tmp_path: Path) -> None:
    responses.get(f"{URL}/things", body=PACKED, headers=HEADERS)
    with _client() as client, Writer(tmp_path, "1") as writer:
        writer.add(Page("records", client.get("/things").body, 50))
        (file,) = (tmp_path / "1.tmp").iterdir()
        assert file.read_bytes() == PACKED


def test_what_is_made_of_a_body_does_not_land_as_the_body_did(tmp_path: Path) -> None:
    body = unpacked(PACKED)
    assert isinstance(body, Body)
    for made in (body.replace(b"4", b""), body[:], bytes(body), body.strip()):
        assert not isinstance(made, Body)
    with Writer(tmp_path, "1") as writer:
        writer.add(Page("records", body.replace(b"4", b""), 50))
        (file,) = (tmp_path / "1.tmp").iterdir()
        assert b"4" not in gzip.decompress(file.read_bytes())


def test_a_body_in_several_parts_is_whole() -> None:
    parts = gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])
    assert unpacked(parts) == TEXT
    assert not isinstance(unpacked(parts), Body)


def test_what_follows_a_body_is_not_kept() -> None:
    body = unpacked(PACKED + b"\n\n\n\n\n")
    assert body == TEXT
    assert not isinstance(body, Body)


@responses.activate
def test_half_a_character_is_no_reason_to_ask_for_ever() -> None:
    responses.get(f"{URL}/things", body=b'{"name": "cut \\ud83d"}')
    with _client() as client:
        assert client.get("/things").json["name"].startswith("cut ")


@responses.activate
def test_a_netrc_does_not_replace_our_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine crm.example login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    responses.get(f"{URL}/things", json={})
    with _client() as client:
        client.get("/things", headers={"Authorization": "Bearer ours"})
    sent = responses.calls[0].request
    assert isinstance(sent, requests.PreparedRequest)
    assert sent.headers["Authorization"] == "Bearer ours"
    assert sent.headers["Accept-Encoding"] == "gzip"


@responses.activate
@pytest.mark.parametrize(("text", "is_kept"), [(b'"Id"\n"1"\n', True), (b'"Id"\n"1\x00"\n', False)])
def test_a_bulk_result_lands_as_it_came_unless_it_holds_what_must_go(
    tmp_path: Path, text: bytes, is_kept: bool
) -> None:
    packed = gzip.compress(text, 9, mtime=0)
    headers = HEADERS | {bulk.ROWS: "1", "Content-Type": "text/csv"}
    responses.get(f"{URL}/jobs/1/results", body=packed, headers=headers)
    with _client() as client, Writer(tmp_path, "1") as writer:
        for page in bulk._by_locator(client, "/jobs/1/results"):
            writer.add(page)
        (landed,) = (tmp_path / "1.tmp").iterdir()
        assert (landed.read_bytes() == packed) is is_kept
        assert gzip.decompress(landed.read_bytes()) == text.replace(b"\x00", b"")
