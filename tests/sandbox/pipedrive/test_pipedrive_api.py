"""The Pipedrive account as a client meets it: who may ask, how lists page, what is in which list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.company import generate
from sandbox.connection import (
    PIPEDRIVE_API_TOKEN,
    PIPEDRIVE_CLIENT_ID,
    PIPEDRIVE_CLIENT_SECRET,
    PIPEDRIVE_REFRESH_TOKEN,
)
from sandbox.context import Context
from tests.sandbox.serving import serving

APP = (PIPEDRIVE_CLIENT_ID, PIPEDRIVE_CLIENT_SECRET)
REFRESH = {"grant_type": "refresh_token", "refresh_token": PIPEDRIVE_REFRESH_TOKEN}


class Account:
    """A served account. `get` asks with the API token."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **parameters: object) -> requests.Response:
        return requests.get(
            self.url + path,
            params={name: str(value) for name, value in parameters.items()},
            headers={"x-api-token": PIPEDRIVE_API_TOKEN},
            timeout=10,
        )

    def data(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def all(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """All pages of a list with cursors."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, object] = {}
        while True:
            body = self.get(path, **parameters, **cursor).json()
            found += body["data"]
            following = body["additional_data"]["next_cursor"]
            if following is None:
                return found
            cursor = {"cursor": following}

    def control(self, path: str, body: object) -> None:
        requests.post(f"{self.url}/_control/{path}", json=body, timeout=30).raise_for_status()


def _served(folder: Path, *, limits: bool) -> Iterator[Account]:
    path = folder / "company.sqlite"
    generate(path, deals=1000, has_partners=True)
    with serving(Context(path, enforce_limits=limits)) as url:
        yield Account(url)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """For tests that only read."""
    yield from _served(tmp_path_factory.mktemp("account"), limits=False)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Account]:
    yield from _served(tmp_path, limits=True)


@pytest.mark.parametrize("path", ["/api/v2/deals", "/v1/users", "/api/v1/users"])
def test_nobody_comes_in_without_a_token(shared: Account, path: str) -> None:
    for headers in ({}, {"x-api-token": "0" * 40}, {"Authorization": "Bearer nonsense"}):
        answer = requests.get(shared.url + path, headers=headers, timeout=10)
        assert answer.status_code == 401
        assert (answer.json()["success"], answer.json()["error"]) == (False, "unauthorized access")


def test_the_token_may_stand_in_the_address(shared: Account) -> None:
    answer = requests.get(
        f"{shared.url}/api/v2/stages", params={"api_token": PIPEDRIVE_API_TOKEN}, timeout=10
    )
    assert answer.status_code == 200


def test_an_app_gets_a_token_that_ends(own: Account) -> None:
    granted = requests.post(f"{own.url}/oauth/token", data=REFRESH, auth=APP, timeout=10).json()
    assert granted["api_domain"] == own.url
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    assert requests.get(f"{own.url}/v1/users", headers=headers, timeout=10).status_code == 200
    own.control("expire_tokens", None)
    assert requests.get(f"{own.url}/v1/users", headers=headers, timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("auth", "form", "status"),
    [
        (None, REFRESH, 401),
        ((APP[0], "wrong"), REFRESH, 401),
        (APP, REFRESH | {"refresh_token": "wrong"}, 400),
        (APP, REFRESH | {"grant_type": "password"}, 400),
    ],
)
def test_an_app_must_prove_itself(
    shared: Account, auth: tuple[str, str] | None, form: dict[str, str], status: int
) -> None:
    answer = requests.post(f"{shared.url}/oauth/token", data=form, auth=auth, timeout=10)
    assert answer.status_code == status
    assert "access_token" not in answer.json()


@pytest.mark.parametrize("sort", ["id", "update_time", "add_time"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_cursor_leads_through_every_row_once(shared: Account, sort: str, direction: str) -> None:
    whole = shared.data("/api/v2/activities", limit=500, sort_by=sort, sort_direction=direction)
    paged = shared.all("/api/v2/activities", limit=7, sort_by=sort, sort_direction=direction)
    assert paged == whole
    values = [row[sort] for row in whole]
    assert values == sorted(values, reverse=direction == "desc")
    assert len(whole) > 100


def test_changes_are_asked_for_from_an_instant_on(shared: Account) -> None:
    rows = shared.data("/api/v2/deals", limit=500)
    times = sorted(row["update_time"] for row in rows)
    since, until = times[len(times) // 3], times[2 * len(times) // 3]
    found = shared.data("/api/v2/deals", limit=500, updated_since=since, updated_until=until)
    expected = {row["id"] for row in rows if since <= row["update_time"] < until}
    assert {row["id"] for row in found} == expected
    assert expected


def test_each_kind_of_deal_is_in_a_list_of_its_own(shared: Account) -> None:
    live = shared.data("/api/v2/deals", limit=500)
    archived = shared.data("/api/v2/deals/archived", limit=500)
    deleted = shared.data("/api/v2/deals", limit=500, status="deleted")
    assert {(row["is_deleted"], row["is_archived"]) for row in live} == {(False, False)}
    assert {(row["is_deleted"], row["is_archived"]) for row in archived} == {(False, True)}
    assert {row["status"] for row in deleted} == {"deleted"}
    won = shared.data("/api/v2/deals", limit=500, status="won")
    assert {row["id"] for row in won} == {row["id"] for row in live if row["status"] == "won"}


def test_filters_and_left_out_fields(shared: Account) -> None:
    rows = shared.data("/api/v2/deals", limit=500)
    one = next(row for row in rows if row["custom_fields"])
    by_owner = shared.data("/api/v2/deals", limit=500, owner_id=one["owner_id"])
    assert {row["id"] for row in by_owner} == {
        row["id"] for row in rows if row["owner_id"] == one["owner_id"]
    }
    assert [row["id"] for row in shared.data("/api/v2/deals", ids=one["id"])] == [one["id"]]
    name = next(iter(one["custom_fields"]))
    (row,) = shared.data("/api/v2/deals", ids=one["id"], custom_fields=name)
    assert list(row["custom_fields"]) == [name]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/v2/deals", {"limit": 501}),
        ("/api/v2/deals", {"limit": "many"}),
        ("/api/v2/deals", {"sort_by": "title"}),
        ("/api/v2/deals", {"updated_since": "yesterday"}),
        ("/api/v2/deals", {"cursor": "nonsense"}),
        ("/api/v2/deals", {"status": "asleep"}),
        ("/api/v2/deals/products", {}),
        ("/api/v2/deals/products", {"deal_ids": ",".join(map(str, range(1, 102)))}),
    ],
)
def test_what_the_vendor_does_not_allow_is_refused(
    shared: Account, path: str, asked: dict[str, object]
) -> None:
    answer = shared.get(path, **asked)
    assert answer.status_code == 400
    assert answer.json()["success"] is False


def test_products_of_deals_come_by_the_hundred(shared: Account) -> None:
    deals = [row["id"] for row in shared.data("/api/v2/deals", limit=100)]
    rows = shared.all("/api/v2/deals/products", deal_ids=",".join(map(str, deals)), limit=10)
    assert {row["deal_id"] for row in rows} <= set(deals)
    alone = shared.data(f"/api/v2/deals/{rows[0]['deal_id']}/products")
    assert alone == [row for row in rows if row["deal_id"] == rows[0]["deal_id"]]


def test_the_log_of_a_deal_has_pages_and_begins_with_the_newest(shared: Account) -> None:
    moved = [row for row in shared.data("/api/v2/deals", limit=500) if row["stage_change_time"]]
    path = f"/v1/deals/{moved[0]['id']}/changelog"
    whole = shared.data(path)
    assert shared.all(path, limit=2) == whole
    assert [row["time"] for row in whole] == sorted((row["time"] for row in whole), reverse=True)
    stages = [row["time"] for row in whole if row["field_key"] == "stage_id"]
    assert stages[0].replace(" ", "T") + "Z" == moved[0]["stage_change_time"]
    assert shared.get("/v1/deals/999999999/changelog").status_code == 404


def test_leads_page_by_start_and_have_no_cursor(shared: Account) -> None:
    whole = shared.get("/v1/leads", limit=500).json()
    assert whole["additional_data"]["pagination"] == {
        "start": 0,
        "limit": 500,
        "more_items_in_collection": False,
    }
    found, start = [], 0
    while True:
        body = shared.get("/v1/leads", limit=4, start=start).json()
        found += body["data"]
        assert "next_cursor" not in body["additional_data"]
        if not body["additional_data"]["pagination"]["more_items_in_collection"]:
            break
        start = body["additional_data"]["pagination"]["next_start"]
    assert found == whole["data"]
    assert len(found) > 4


def test_a_hash_is_explained_by_the_fields(shared: Account) -> None:
    custom = {
        row["field_code"]: row
        for row in shared.data("/api/v2/dealFields", limit=500)
        if row["is_custom_field"]
    }
    held = {
        name
        for row in shared.data("/api/v2/deals", limit=500)
        for name in row["custom_fields"] or {}
    }
    assert held == set(custom)
    assert all(len(name) == 40 for name in held)
    options = {row["field_name"]: row["options"] for row in custom.values()}
    assert [option["label"] for option in options["Deal type"]] == [
        "New business",
        "Expansion",
        "Renewal",
    ]
    assert options["Guaranteed margin"] is None


def test_every_answer_states_what_is_left(own: Account) -> None:
    first, second = own.get("/api/v2/stages").headers, own.get("/v1/users").headers
    assert first["x-ratelimit-limit"] == "80"
    assert int(second["x-ratelimit-remaining"]) == int(first["x-ratelimit-remaining"]) - 1
    spent = [int(h["x-daily-ratelimit-token-remaining"]) for h in (first, second)]
    assert spent == [149_990, 149_970]  # a list of version 1 costs twice as much


def test_too_many_calls_are_refused(own: Account) -> None:
    own.control("pipedrive", {"burst": 2})
    statuses = [own.get("/api/v2/stages").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_day_without_tokens_is_over(own: Account) -> None:
    own.control("pipedrive", {"daily_tokens": 15})
    assert own.get("/api/v2/stages").status_code == 200
    answer = own.get("/api/v2/stages")
    assert answer.status_code == 429
    assert answer.headers["x-daily-ratelimit-token-remaining"] == "0"
    own.control("advance", {"days": 1})
    assert own.get("/api/v2/stages").status_code == 200


def test_faults_speak_as_the_vendor_does(own: Account) -> None:
    own.control("faults", [{"path": "/api/v2/deals$", "kind": "status", "status": 429, "times": 1}])
    answer = own.get("/api/v2/deals")
    assert (answer.status_code, answer.json()["error"]) == (429, "Rate limit exceeded")
    own.control("faults", [{"path": "/oauth/token", "kind": "status", "status": 401, "times": 1}])
    answer = requests.post(f"{own.url}/oauth/token", data=REFRESH, auth=APP, timeout=10)
    assert (answer.status_code, answer.json()["success"]) == (401, False)
    counted = requests.get(f"{own.url}/_control/requests", timeout=10).json()
    assert counted["GET /api/v2/deals"] == 1


def test_a_company_without_the_unit_has_an_empty_account(tmp_path: Path) -> None:
    path = tmp_path / "company.sqlite"
    generate(path, deals=60, has_partners=False)
    with serving(Context(path, enforce_limits=False)) as url:
        account = Account(url)
        assert account.data("/api/v2/deals") == []
        assert account.get("/v1/users/me").status_code == 200
