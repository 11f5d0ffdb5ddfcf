"""The partner unit in the store: beside the others without touching them, and true to its lives."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company import DEFAULT_NOW, advance, generate, truth
from sandbox.company.births import Config
from sandbox.company.clock import clock_of
from sandbox.company.double_life import double_lives
from sandbox.company.model import Deal, Life
from sandbox.company.pipedrive_cases import partner_number_of
from sandbox.company.pipedrive_life import partner_life, partner_lives
from sandbox.company.pipedrive_words import DEAL_TYPE, LEAD_SOURCE, record_id, user_id
from sandbox.company.plan import CLOSED
from sandbox.company.visible import Visible
from sandbox.store import Store

CONFIG = Config(seed=7, deals=1000, has_partners=True)
OTHERS = ("hs_object", "hs_history", "hs_association", "hs_document", "sf_record", "sf_object")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("partners") / "company.sqlite"
    generate(path, deals=CONFIG.deals, has_partners=True)
    return path


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def _records(path: Path, kind: str) -> dict[int, dict[str, Any]]:
    rows = _rows(path, f"select id, document from pd_record where type = '{kind}'")
    return {key: json.loads(document) for key, document in rows}


def _deals() -> Iterator[tuple[Life, Deal]]:
    everybody = (*partner_lives(CONFIG, DEFAULT_NOW), *double_lives(CONFIG, DEFAULT_NOW))
    for each in everybody:
        for deal in Visible(each, DEFAULT_NOW).deals():
            if deal.pipedrive_at is not None:
                yield each, deal


def test_the_others_are_the_same_with_and_without_it(tmp_path: Path) -> None:
    with_it, without = tmp_path / "with.sqlite", tmp_path / "without.sqlite"
    generate(with_it, deals=120, has_partners=True)
    generate(without, deals=120, has_partners=False)
    for table in OTHERS:
        # All but indexed_at, which is wall-clock time, are columns of the story.
        query = f"select * from {table} order by 1, 2"
        # With it come those who stand in several CRMs, in the others too; nobody else changes.
        assert set(map(str, _rows(without, query))) <= set(map(str, _rows(with_it, query)))
    assert _rows(without, "select count(*) from pd_record") == [(0,)]
    for path, expected in ((with_it, True), (without, False)):
        with Store(path, read_only=True) as store:
            assert clock_of(store)[0].has_partners is expected


def test_every_visible_deal_is_shown_as_it_stands(company: Path) -> None:
    shown = _records(company, "deals")
    expected = {record_id(deal.key): deal for _, deal in _deals()}
    live = {key for key, document in shown.items() if not document["is_deleted"]}
    assert live == set(expected)
    for key, deal in expected.items():
        document = shown[key]
        amount = deal.amount.at(DEFAULT_NOW)
        assert (None if amount is None else Decimal(str(document["value"]))) == amount
        assert document["currency"] == deal.currency
        assert document["owner_id"] == user_id(deal.owner.at(DEFAULT_NOW) or 0)
        ended = deal.stage.at(DEFAULT_NOW)
        assert document["status"] == (ended if ended in ("won", "lost") else "open")
        held = document["custom_fields"] or {DEAL_TYPE.hash: None}
        assert held[DEAL_TYPE.hash] == DEAL_TYPE.option(deal.deal_type)


def test_the_log_leads_back_to_every_value_of_a_deal(company: Path) -> None:
    """From today's values backwards through the log: each change's new value is what stood there."""
    shown = _records(company, "deals")
    for _, deal in _deals():
        key = record_id(deal.key)
        document = shown[key]
        standing: dict[str, str | None] = {
            "stage_id": str(document["stage_id"]),
            "status": document["status"],
            "value": None if document["value"] is None else str(document["value"]),
            "user_id": str(document["owner_id"]),
            "expected_close_date": document["expected_close_date"],
            "lost_reason": document["lost_reason"],
        }
        stages = [document["status"] if document["status"] != "open" else standing["stage_id"]]
        for field, old, new in _rows(
            company,
            f"select field_key, old_value, new_value from pd_change where deal_id = {key} "
            "order by at desc, ordinal desc",
        ):
            assert new == standing[field], (key, field)
            standing[field] = old
            if field in ("stage_id", "status"):
                stages.append(
                    standing["status"] if standing["status"] != "open" else standing["stage_id"]
                )
        assert stages[::-1] == [name for _, name in deal.stage.until(DEFAULT_NOW)]


def test_what_was_put_away_is_kept_apart_or_gone(company: Path) -> None:
    def states(code: str) -> list[str]:
        each = partner_life(CONFIG, partner_number_of(code))
        keys = ", ".join(str(record_id(deal.key)) for deal in each.deals)
        query = f"select state from pd_record where type = 'deals' and id in ({keys}) order by id"
        return [state for (state,) in _rows(company, query)]

    assert states("partner_deleted_deal") == ["live", "deleted"]
    assert states("partner_purged_deal") == ["live"]
    assert states("partner_merged_deal") == ["live"]
    assert states("partner_archived_win") == ["archived"]


def test_the_winner_of_a_merge_takes_what_was_the_losers(company: Path) -> None:
    each = partner_life(CONFIG, partner_number_of("partner_merged_organisation"))
    winner, loser = (record_id(company.key) for company in each.companies)
    persons = _records(company, "persons")
    assert loser not in _records(company, "organizations")
    assert {persons[record_id(person.key)]["org_id"] for person in each.people} == {winner}


def test_a_deal_nobody_touched_has_no_log(company: Path) -> None:
    each = partner_life(CONFIG, partner_number_of("partner_untouched_deal"))
    key = record_id(each.deals[0].key)
    document = _records(company, "deals")[key]
    assert document["stage_change_time"] is None
    assert document["update_time"] == document["add_time"]
    assert _rows(company, f"select count(*) from pd_change where deal_id = {key}") == [(0,)]


def test_every_person_says_where_they_came_from(company: Path) -> None:
    shown = _records(company, "persons")
    for each in partner_lives(CONFIG, DEFAULT_NOW):
        for person in Visible(each, DEFAULT_NOW).people():
            held = shown[record_id(person.key)]["custom_fields"][LEAD_SOURCE.hash]
            assert held == LEAD_SOURCE.option(person.channel)


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (DEFAULT_NOW, 2),
        (DEFAULT_NOW, 45),
        (datetime(2025, 3, 25, 15, 0, tzinfo=UTC), 30),  # over the renaming of a stage
    ],
)
def test_advancing_equals_generating_later(start: datetime, days: int, tmp_path: Path) -> None:
    moved, made = tmp_path / "moved.sqlite", tmp_path / "made.sqlite"
    generate(moved, deals=600, now=start, has_partners=True)
    before = _rows(moved, "select * from pd_record order by 1, 2")
    advance(moved, days=days)
    generate(made, deals=600, now=start + timedelta(days=days), has_partners=True)
    for table in ("pd_record", "pd_change", "meta"):
        query = f"select * from {table} order by 1, 2"
        assert _rows(moved, query) == _rows(made, query), table
    assert _rows(moved, "select * from pd_record order by 1, 2") != before


def test_the_golden_numbers_count_the_unit(tmp_path: Path, company: Path) -> None:
    without = tmp_path / "without.sqlite"
    generate(without, deals=CONFIG.deals, has_partners=False)

    def won(path: Path) -> Decimal:
        return sum(
            (
                Decimal(row.value or 0)
                for row in truth(path)
                if (row.kpi_id, row.period_grain, row.dimension) == ("deals_won", "year", "total")
            ),
            Decimal(0),
        )

    own = sum(deal.stage.at(DEFAULT_NOW) == "won" for _, deal in _deals())
    assert own > 10
    # Of those who come with the unit, some bought elsewhere; what was entered twice counts once.
    elsewhere = sum(
        deal.pipedrive_at is None and CLOSED.get(deal.stage.at(DEFAULT_NOW) or "", False)
        for each in double_lives(CONFIG, DEFAULT_NOW)
        for deal in Visible(each, DEFAULT_NOW).deals()
    )
    assert won(company) - won(without) == own + elsewhere
    pipelines = {row.dimension_value for row in truth(company) if row.dimension == "pipeline"}
    assert {"Partner sales", "Partner renewals", "SMB sales", "Salesforce"} <= pipelines
