"""Pulls that are broken off go on where they were, and end as if nothing had happened."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingestion.engine import unfinished
from ingestion.engine.landing import folders, read_manifest
from ingestion.run import LOOK_BACK, Home, cursors, erase
from sandbox.company import advance
from sandbox.salesforce import bulk as salesforce_bulk
from sandbox.salesforce import rows as salesforce_rows
from tests.ingestion.conftest import Served, contents, counts, pull

Serve = Callable[[Path], Served]

USED_UP = {
    "kind": "status",
    "status": 429,
    "policy": "DAILY",
}


def _unfinished(home: Home, source: str, entity: str) -> list[Path]:
    return list((home.landing / source / entity).glob("*.tmp"))


def _asked(served: Served, pattern: str) -> int:
    """How many requests the vendor has met whose group holds the pattern; counts anew."""
    number = sum(times for group, times in served.context.counts().items() if pattern in group)
    served.context.reset_counts()
    return number


def test_a_first_load_greater_than_a_day_s_calls_comes_to_its_end(
    company: Path, serve: Serve, tmp_path: Path
) -> None:
    served = serve(company)
    calm, short = Home(tmp_path / "calm"), Home(tmp_path / "short")
    ((whole,), _) = pull(served, calm, "hubspot", "deals")
    before = cursors("hubspot", home=calm)
    pages = _asked(served, "GET /crm/objects/")
    days = 0
    landed = None
    while landed is None or landed.status != "landed":
        days += 1
        # Each day allows two pages of deals, and no more.
        served.context.faults.clear()
        served.fault(path="/crm/objects/.*/deals$", after=2, **USED_UP)
        ((landed,), loaded) = pull(served, short, "hubspot", "deals")
        assert days < 20
        if landed.status == "failed":
            assert "used up" in str(landed.reason)
            assert loaded == []
            assert len(_unfinished(short, "hubspot", "deals")) == 1
            assert cursors("hubspot", home=short) == {}
    assert days > 2
    # Each page was asked for once, beside the refusal that ended a day.
    assert _asked(served, "GET /crm/objects/") == pages + days - 1
    assert landed.rows == whole.rows
    assert contents(short) == contents(calm)
    assert cursors("hubspot", home=short) == before
    assert _unfinished(short, "hubspot", "deals") == []
    (folder,) = folders(short.landing, "hubspot", "deals")
    named = {page.file for page in read_manifest(folder).pages} | {"manifest.json"}
    assert {path.name for path in folder.iterdir()} == named


def test_changes_that_are_too_many_for_a_day_keep_their_window(
    store: Path, serve: Serve, tmp_path: Path
) -> None:
    """Otherwise each day would begin with the oldest change again, and never reach the last."""
    served = serve(store)
    home = Home(tmp_path / "home")
    pull(served, home, "hubspot", "deals")
    since = cursors("hubspot", home=home)["deals"]
    advance(store, days=20)
    served = serve(store)
    served.fault(path="/crm/associations/", after=1, **USED_UP)
    ((first,), _) = pull(served, home, "hubspot", "deals")
    assert first.status == "failed"
    advance(store, days=1)
    served = serve(store)
    ((second,), loaded) = pull(served, home, "hubspot", "deals")
    assert second.status == "landed", second.reason
    assert [one.status for one in loaded] == ["loaded", "loaded"]
    old, new = (read_manifest(folder) for folder in folders(home.landing, "hubspot", "deals")[1:])
    assert first.window_end is not None
    assert old.window.end == first.window_end > since
    # What changed since it was broken off follows at once, from where its window ended.
    assert new.window.start == first.window_end - LOOK_BACK
    assert cursors("hubspot", home=home)["deals"] == new.window.end > first.window_end
    assert second.window_start == old.window.start
    assert (second.window_end, second.load_id) == (new.window.end, new.load_id)
    assert (second.rows, second.requests) == (old.rows + new.rows, old.requests + new.requests)
    fresh = Home(tmp_path / "fresh")
    pull(served, fresh, "hubspot", "deals")
    # Calculated values are the sweep's affair: they move no stamp.
    versions = "select id, concat_ws(' ', dealstage, amount, hs_lastmodifieddate, _is_deleted) "
    found, expected = (
        counts(at, f"{versions} from raw_hubspot.deals where not _is_deleted")
        for at in (home, fresh)
    )
    assert found == expected


@pytest.fixture
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_FULL_PAGE", "_LONG_TEXT_PAGE"):
        monkeypatch.setattr(salesforce_rows, name, 20)
    monkeypatch.setattr(salesforce_bulk, "_MOST_ROWS", 20)


@pytest.mark.usefixtures("_short_pages")
@pytest.mark.parametrize(
    ("by_bulk", "path", "group"),
    [
        (False, "/query(All)?/", "/query"),
        (True, "/jobs/query/[^/]+/results$", "/jobs/query/{id}/results"),
    ],
    ids=["rest", "bulk"],
)
def test_a_query_goes_on_where_it_was(
    company: Path, serve: Serve, tmp_path: Path, by_bulk: bool, path: str, group: str
) -> None:
    served = serve(company)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1" if by_bulk else "20000"
    calm, short = Home(tmp_path / "calm"), Home(tmp_path / "short")
    pull(served, calm, "salesforce", "accounts")
    undisturbed = _asked(served, group)
    body = '[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]'
    served.fault(path=path, kind="status", status=403, body=body, after=2, times=3)
    ((first,), _) = pull(served, short, "salesforce", "accounts")
    assert first.status == "failed"
    asked = _asked(served, group)
    served.context.faults.clear()
    ((second,), _) = pull(served, short, "salesforce", "accounts")
    assert second.status == "landed"
    again = _asked(served, group)
    # One question that only tells the way, and the refused ones, are asked again.
    assert asked + again <= undisturbed + 6
    assert again < undisturbed
    assert contents(short) == contents(calm)


@pytest.mark.usefixtures("_short_pages")
def test_a_bulk_job_that_is_gone_is_begun_anew(company: Path, serve: Serve, tmp_path: Path) -> None:
    served = serve(company)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    calm, short = Home(tmp_path / "calm"), Home(tmp_path / "short")
    pull(served, calm, "salesforce", "accounts")
    served.fault(path="/jobs/query/[^/]+/results$", kind="status", status=500, after=2)
    ((first,), _) = pull(served, short, "salesforce", "accounts")
    assert first.status == "failed"
    # Another server has other jobs.
    served = serve(company)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "1"
    ((second,), _) = pull(served, short, "salesforce", "accounts")
    assert second.status == "landed", second.reason
    assert contents(short) == contents(calm)


def test_what_is_no_longer_asked_for_is_not_gone_on_with(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)

    def broken_off() -> Path:
        served.fault(path="/crm/objects/.*/deals$", after=2, **USED_UP)
        pull(served, home, "hubspot", "deals")
        served.context.faults.clear()
        served.context.reset_counts()
        (folder,) = _unfinished(home, "hubspot", "deals")
        return folder

    def change(folder: Path, **changes: object) -> None:
        head, *rest = (folder / unfinished.JOURNAL).read_text().splitlines()
        lines = [json.dumps(json.loads(head) | changes), *rest]
        (folder / unfinished.JOURNAL).write_text("\n".join(lines) + "\n")

    folder = broken_off()
    # A field that has been taken out of the plan since then: excluded, hashed or gone.
    gone = {"name": "gone", "type": "text", "calculated": False}
    fields = json.loads((folder / unfinished.JOURNAL).read_text().splitlines()[0])["fields"]
    change(folder, fields=[*fields, gone])
    ((landed,), _) = pull(served, home, "hubspot", "deals")
    assert landed.status == "landed"
    assert landed.load_id != folder.stem
    assert not folder.exists()


def test_an_old_leftover_and_one_without_a_journal_are_removed(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    served.fault(path="/crm/objects/.*/products$", after=1, **USED_UP)
    pull(served, home, "hubspot", "products")
    (old,) = _unfinished(home, "hubspot", "products")
    long_ago = (old / unfinished.JOURNAL).stat().st_mtime
    long_ago -= (unfinished.KEPT_FOR + timedelta(hours=1)).total_seconds()
    os.utime(old / unfinished.JOURNAL, (long_ago, long_ago))
    (old.parent / "20200101T000000000000Z.tmp").mkdir()
    served.context.faults.clear()
    ((landed,), _) = pull(served, home, "hubspot", "products")
    assert landed.status == "landed"
    assert landed.load_id != old.stem
    assert _unfinished(home, "hubspot", "products") == []


def test_a_page_damaged_meanwhile_is_asked_for_again(
    company: Path, serve: Serve, tmp_path: Path
) -> None:
    served = serve(company)
    calm, short = Home(tmp_path / "calm"), Home(tmp_path / "short")
    pull(served, calm, "hubspot", "deals")
    served.fault(path="/crm/objects/.*/deals$", after=3, **USED_UP)
    pull(served, short, "hubspot", "deals")
    (folder,) = _unfinished(short, "hubspot", "deals")
    (folder / "000002.json.gz").write_bytes(b"half a pa")
    with (folder / unfinished.JOURNAL).open("a") as journal:
        journal.write('{"request": "a line that was cut')
    served.context.faults.clear()
    ((landed,), (loaded,)) = pull(served, short, "hubspot", "deals")
    assert (landed.status, loaded.status) == ("landed", "loaded")
    assert contents(short) == contents(calm)


def test_who_is_forgotten_is_forgotten_in_what_was_broken_off_too(
    company: Path, serve: Serve, home: Home
) -> None:
    served = serve(company)
    pull(served, home, "hubspot", "contacts", "deals")
    for entity in ("contacts", "deals"):
        served.fault(path=f"/crm/objects/.*/{entity}$", after=2, **USED_UP)
        pull(served, home, "hubspot", entity, mode="full")
    served.context.faults.clear()
    assert _unfinished(home, "hubspot", "contacts") != []
    (contact,) = counts(home, "select id, 1 from raw_hubspot.contacts order by id limit 1")
    assert erase("hubspot", "contacts", [contact], home=home) > 0
    assert _unfinished(home, "hubspot", "contacts") == []
    # Nothing in deals speaks of anybody.
    assert _unfinished(home, "hubspot", "deals") != []


@pytest.mark.usefixtures("_short_pages")
@pytest.mark.parametrize("times", [1, 9])
def test_a_query_whose_pages_do_not_add_up_is_asked_again(
    company: Path, serve: Serve, home: Home, tmp_path: Path, times: int
) -> None:
    served = serve(company)
    served.settings["SALESFORCE_BULK_FROM_ROWS"] = "20000"
    ((calm,), _) = pull(served, Home(tmp_path / "calm"), "salesforce", "accounts")
    served.fault(path="/query/", kind="missing_page", times=times)
    ((landed,), _) = pull(served, home, "salesforce", "accounts")
    if times > 1:
        assert landed.status == "failed"
        # Of pages of 20, the first came, then each second one.
        came = sum(min(20, calm.rows - before) for before in range(0, calm.rows, 40))
        assert came < calm.rows
        assert landed.reason == f"accounts: {came} of the {calm.rows} rows of the query came"
        assert _unfinished(home, "salesforce", "accounts") == []
        return
    assert landed.status == "landed"
    assert landed.rows == calm.rows
    (folder,) = folders(home.landing, "salesforce", "accounts")
    assert read_manifest(folder).rows == calm.rows


def test_the_log_of_deletions_is_asked_for_each_window(
    store: Path, serve: Serve, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_FULL_PAGE", "_LONG_TEXT_PAGE"):
        monkeypatch.setattr(salesforce_rows, name, 2)
    served = serve(store)
    pull(served, home, "salesforce", "tasks")
    advance(store, days=10)
    served = serve(store)
    body = '[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]'
    served.fault(path="/query/", kind="status", status=403, body=body)
    ((first,), _) = pull(served, home, "salesforce", "tasks")
    assert first.status == "failed"
    advance(store, days=1)
    served = serve(store)
    ((second,), loaded) = pull(served, home, "salesforce", "tasks")
    assert second.status == "landed", second.reason
    assert [one.status for one in loaded] == ["loaded", "loaded"]
    assert _asked(served, "/deleted") == 2


def test_what_changed_under_a_clock_that_was_ahead_follows_too(
    store: Path, serve: Serve, home: Home
) -> None:
    """Its window was said to end later than the pages were read."""
    served = serve(store)
    pull(served, home, "hubspot", "deals")
    advance(store, days=10)
    served = serve(store)
    served.fault(path="/crm/associations/", after=1, **USED_UP)
    ahead = 12 * 3600.0
    served.fault(path="/account-info", kind="clock_skew", seconds=ahead)
    ((first,), _) = pull(served, home, "hubspot", "deals")
    assert (first.status, first.window_end is None) == ("failed", False)
    advance(store, days=1)
    served = serve(store)
    (journal,) = _unfinished(home, "hubspot", "deals")
    lines = (journal / unfinished.JOURNAL).read_text().splitlines()
    head = json.loads(lines[0])
    # By our clock as well that was a day ago.
    head["landed_at"] = (datetime.fromisoformat(head["landed_at"]) - timedelta(days=1)).isoformat()
    (journal / unfinished.JOURNAL).write_text("\n".join([json.dumps(head), *lines[1:]]) + "\n")
    ((second,), _) = pull(served, home, "hubspot", "deals")
    assert second.status == "landed", second.reason
    new = read_manifest(folders(home.landing, "hubspot", "deals")[-1])
    assert first.window_end is not None
    assert new.window.start is not None
    read_at = first.window_end - timedelta(seconds=ahead)
    assert new.window.start <= read_at - LOOK_BACK < new.window.end
