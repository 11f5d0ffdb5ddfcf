"""Answers in the shapes that Pipedrive documents and was seen to send, as rows.

Written by hand from the reference sheet: they share nothing with the sandbox.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError
from ingestion.engine.land import NOW_FORMAT
from ingestion.engine.landing import Writer
from ingestion.engine.load import load_folder
from ingestion.engine.warehouse import opened, prepare_books, prepare_tables
from ingestion.model import Field, Mode, Page, Plan, Window
from ingestion.run import SOURCES
from ingestion.sources.pipedrive.lists import is_success, next_cursor, rows
from ingestion.sources.pipedrive.objects import field_of

NOW = datetime(2026, 11, 3, tzinfo=UTC)
HASH = "dcf558aac1ae4e8c4f849ba5e668430d8df9be12"
MONEY = "dcf558aac1ae4e8c4f849ba5e668430d8df9be13"

DEAL: dict[str, Any] = {
    "id": 1,
    "title": "A deal",
    "creator_user_id": 10,
    "owner_id": 10,
    "value": 1200.5,
    "currency": "USD",
    "person_id": None,
    "org_id": 3,
    "pipeline_id": 1,
    "stage_id": 2,
    "status": "open",
    "probability": None,
    "lost_reason": None,
    "add_time": "2026-05-15T09:55:02Z",
    "update_time": "2026-05-16T09:55:02Z",
    "stage_change_time": None,
    "close_time": None,
    "won_time": None,
    "lost_time": None,
    "local_won_date": None,
    "local_lost_date": None,
    "local_close_date": None,
    "expected_close_date": "2026-06-30",
    "label_ids": [4, 9],
    "custom_fields": None,
    "is_deleted": False,
    "is_archived": False,
    "archive_time": None,
    "visible_to": 3,
    "origin": "ManuallyCreated",
    "origin_id": None,
    "channel": None,
    "channel_id": None,
}
LEAD: dict[str, Any] = {
    "id": "adf21080-0e10-11eb-879b-05d71fb426ec",
    "title": "A lead",
    "owner_id": 10,
    "creator_id": 10,
    "person_id": 5,
    "organization_id": None,
    "value": None,
    "is_archived": False,
    "source_name": "API",
    "expected_close_date": None,
    "add_time": "2026-05-15T09:55:02.123Z",
    "update_time": "2026-05-15T09:55:02.123Z",
}


def _v2(*data: dict[str, Any]) -> bytes:
    body = {"success": True, "data": list(data), "additional_data": {"next_cursor": None}}
    return json.dumps(body).encode()


def _load(
    root: Path, entity: str, pages: list[Page], plan: Plan | None = None, mode: Mode = "full"
) -> duckdb.DuckDBPyConnection:
    load_id = NOW.strftime(NOW_FORMAT)
    with Writer(root / "pipedrive" / entity, load_id) as writer:
        for page in pages:
            writer.add(page)
        writer.finish(
            source="pipedrive",
            entity=entity,
            mode=mode,
            window=Window(None, NOW),
            api_version="v2",
            landed_at=NOW,
            plan=plan or Plan(),
            requests=1,
            seconds=0.0,
        )
    source = SOURCES["pipedrive"]
    with opened(root / "w.duckdb") as connection:
        prepare_books(connection)
        prepare_tables(connection, source)
        load_folder(connection, source, root / "pipedrive" / entity / load_id)
    return duckdb.connect(str(root / "w.duckdb"), read_only=True)


def test_a_deal_with_and_without_custom_fields(tmp_path: Path) -> None:
    money = {"value": 10.25, "currency": "EUR"}
    second = {**DEAL, "id": 2, "value": None, "custom_fields": {HASH: 7, MONEY: money}}
    plan = Plan((Field(HASH), Field(MONEY)))
    page = Page("listed", _v2(DEAL, second), 2)
    with _load(tmp_path, "deals", [page], plan) as connection:
        found = connection.execute(
            f'select id, value, expected_close_date, label_ids, stage_change_time, "{HASH}", '
            f'"{MONEY}", _changed_at, _is_deleted from raw_pipedrive.deals order by id'
        ).fetchall()
    assert [row[0] for row in found] == ["1", "2"]
    first, other = found
    assert (float(first[1]), str(first[2]), first[3]) == (1200.5, "2026-06-30", "[4,9]")
    assert (first[4], first[5], first[6]) == (None, None, None)
    assert (other[1], other[5], json.loads(other[6])) == (None, "7", money)
    assert (first[7], first[8]) == (datetime(2026, 5, 16, 9, 55, 2), False)


def test_times_of_version_1_are_utc_without_saying_so(tmp_path: Path) -> None:
    user = {
        "id": 10,
        "name": "A user",
        "email": "user@example.com",
        "active_flag": True,
        "created": "2026-05-15 09:55:02",
        "modified": "2026-05-16 09:55:02",
        "last_login": None,
    }
    body = {"success": True, "data": [user], "additional_data": {"company_id": 1}}
    page = Page("listed", json.dumps(body).encode(), 1)
    with _load(tmp_path, "users", [page], mode="whole") as connection:
        found = connection.execute(
            "select id, created, _changed_at from raw_pipedrive.users"
        ).fetchall()
    assert found == [("10", datetime(2026, 5, 15, 9, 55, 2), datetime(2026, 5, 16, 9, 55, 2))]


def test_a_lead_with_and_without_a_value(tmp_path: Path) -> None:
    worth = {**LEAD, "id": "b" * 36, "value": {"amount": 900, "currency": "BRL"}}
    body = {
        "success": True,
        "data": [LEAD, worth],
        "additional_data": {
            "pagination": {"start": 0, "limit": 500, "more_items_in_collection": False}
        },
    }
    page = Page("listed", json.dumps(body).encode(), 2)
    with _load(tmp_path, "leads", [page], mode="whole") as connection:
        found = connection.execute(
            "select value_amount, value_currency, add_time from raw_pipedrive.leads order by id"
        ).fetchall()
    added = datetime(2026, 5, 15, 9, 55, 2, 123000)
    assert found == [(None, None, added), (900, "BRL", added)]


def test_a_person_with_several_addresses(tmp_path: Path) -> None:
    person = {
        "id": 5,
        "name": "A person",
        "org_id": None,
        "emails": [
            {"value": "first@example.com", "primary": False, "label": "home"},
            {"value": "second@example.com", "primary": True, "label": "work"},
        ],
        "phones": [],
        "custom_fields": None,
        "add_time": "2026-05-15T09:55:02Z",
        "update_time": None,
    }
    page = Page("listed", _v2(person), 1, context={"object_type": "persons"})
    with _load(tmp_path, "persons", [page]) as connection:
        found = connection.execute(
            "select person_id, value, is_primary from raw_pipedrive.person_emails order by value"
        ).fetchall()
        phones = connection.execute("select * from raw_pipedrive.person_phones").fetchall()
    assert found == [("5", "first@example.com", False), ("5", "second@example.com", True)]
    assert phones == []


@pytest.mark.parametrize(
    ("entity", "data"),
    [
        ("deals", {"items": [DEAL]}),
        ("deals", "nothing"),
    ],
)
def test_another_shape_is_an_error_and_no_row(tmp_path: Path, entity: str, data: object) -> None:
    body = json.dumps({"success": True, "data": data}).encode()
    page = Page("listed", body, 1, context={"object_type": entity})
    with pytest.raises(FatalError, match=r"documented shape|could not be loaded"):
        _load(tmp_path, entity, [page])


@pytest.mark.parametrize(
    ("body", "is_right", "following", "count"),
    [
        ({"success": True, "data": [{}], "additional_data": {"next_cursor": "x"}}, True, "x", 1),
        ({"success": True, "data": [], "additional_data": {"next_cursor": None}}, True, None, 0),
        ({"success": True, "data": None}, True, None, 0),
        ({"success": True, "data": None, "additional_data": None}, True, None, 0),
        ({"success": False, "error": "no", "data": None}, False, None, 0),
    ],
)
def test_the_envelope(
    body: dict[str, Any], is_right: bool, following: str | None, count: int
) -> None:
    answer = Answer("GET", "/api/v2/deals", 200, {}, json.dumps(body).encode())
    assert (is_success(answer), next_cursor(answer), len(rows(answer))) == (
        is_right,
        following,
        count,
    )


@pytest.mark.parametrize(
    ("kind", "expected", "is_personal"),
    [
        ("varchar", "text", False),
        ("enum", "text", False),
        ("monetary", "text", False),
        ("double", "number", False),
        ("int", "integer", False),
        ("date", "date", False),
        ("phone", "text", True),
        ("address", "text", True),
    ],
)
def test_a_custom_field_is_typed_by_its_definition(
    kind: str, expected: str, is_personal: bool
) -> None:
    item = {"field_code": HASH, "field_name": "A label", "field_type": kind}
    assert field_of(item) == Field(HASH, expected, personal=is_personal, label="A label")  # type: ignore[arg-type]
