"""Pipedrive tells no totals: what vanished is looked for when the last complete listing is a day old."""

from __future__ import annotations

from pathlib import Path

from ingestion.run import Home, settle
from sandbox.company import advance
from tests.ingestion.sources.pipedrive.conftest import Account, rows

GONE = "select count(*) from raw_pipedrive.persons where _is_deleted"


def _settled(account: Account, home: Home) -> list[str]:
    _, loaded = account.pull(home)
    landed, _ = settle("pipedrive", loaded, settings=account.settings, home=home)
    return sorted(one.entity for one in landed)


def test_the_first_changes_of_a_day_bring_a_sweep_that_finds_who_is_gone(
    account: Account, store: Path, home: Home
) -> None:
    assert _settled(account, home) == []  # all of it was just listed
    assert _settled(account, home) == []
    before = rows(home, GONE)
    advance(store, days=2)
    assert _settled(account, home) == ["activities", "deals", "organizations", "persons"]
    assert rows(home, GONE) > before
    assert _settled(account, home) == []
