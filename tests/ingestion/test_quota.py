"""The calls of a day as a budget, and the way to the records that costs the fewest of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from ingestion.check import check
from ingestion.engine.budget import Budget
from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError, QuotaError
from ingestion.engine.pace import Pace
from ingestion.model import Mode
from ingestion.run import SOURCES, Home, Landed, land, load
from ingestion.sources.hubspot import objects, route
from ingestion.sources.hubspot import quota as hubspot
from ingestion.sources.salesforce import quota as salesforce
from sandbox.connection import environment, oauth_environment
from sandbox.context import Context
from sandbox.limits import Plan
from sandbox.store import Store
from tests.ingestion.conftest import Served, contents, pull
from tests.sandbox.serving import serving

Serve = Callable[[Path], Served]


def _spend(budget: Budget, *, is_background: bool) -> int:
    """How many calls the budget allows from here on."""
    spent = 0
    while True:
        try:
            budget.take(is_background=is_background)
        except QuotaError:
            return spent
        spent += 1


def test_what_can_wait_leaves_the_reserve_and_changes_half_of_it() -> None:
    budget = Budget("the vendor", "it counts anew tomorrow", reserve=0.2)
    budget.says(limit=1000, used=300)
    assert _spend(budget, is_background=True) == 500
    assert _spend(budget, is_background=False) == 100
    assert budget.left == 100
    with pytest.raises(QuotaError, match=r"^900 of the 1000 calls .* left to others; it "):
        budget.take(is_background=False)


def test_a_gauge_that_stands_still_does_not_undo_our_own_count() -> None:
    budget = Budget("the vendor", "", reserve=0.2)
    for _ in range(3):
        budget.says(limit=100, used=60)
        for _ in range(5):
            budget.take(is_background=True)
    assert budget.used == 75
    # It has moved: what it says now holds our calls too.
    budget.says(limit=100, used=74)
    assert budget.used == 74
    # And a new day begins.
    budget.says(limit=100, used=1)
    assert _spend(budget, is_background=True) == 79


def test_without_a_limit_that_is_known_nothing_stops() -> None:
    budget = Budget("the vendor", "")
    for _ in range(10_000):
        budget.take(is_background=True)
    assert budget.left is None


def _answer(path: str, headers: Mapping[str, str], body: bytes = b"{}") -> Answer:
    return Answer("GET", path, 200, headers, body)


def test_hubspot_s_headers_fill_their_own_windows() -> None:
    pace = hubspot.pace({})
    head = "X-HubSpot-RateLimit-"
    window = {f"{head}Interval-Milliseconds": "10000"}
    hubspot.observe(_answer("/crm/objects/2026-03/deals", window | {f"{head}Max": "190"}), pace)
    path = "/crm/associations/2026-03/deals/contacts/batch/read"
    hubspot.observe(_answer(path, window | {f"{head}Max": "150"}), pace)
    assert pace.seconds_per_call(hubspot.CALLS) == pytest.approx(10 / 190)
    assert pace.seconds_per_call(hubspot.ASSOCIATIONS) == pytest.approx(10 / 150)
    assert pace.seconds_per_call(hubspot.SEARCHES) == pytest.approx(1 / 4)
    assert pace.budget is not None
    assert pace.budget.limit is None
    daily = {f"{head}Daily": "625000", f"{head}Daily-Remaining": "600000"}
    hubspot.observe(_answer(path, daily), pace)
    assert (pace.budget.limit, pace.budget.used) == (625_000, 25_000)


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("api-usage=893/15000", b"[]", (15_000, 893)),
        ("per-app-api-usage=17/250(appName=x)", b"[]", (None, 0)),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=x)", b"[]", (5_000, 18)),
        ("", b'{"DailyApiRequests": {"Max": 15000, "Remaining": 14976}}', (15_000, 24)),
        ("", b"<html></html>", (None, 0)),
        ("nonsense", b"{}", (None, 0)),
    ],
)
def test_salesforce_s_usage_is_read(header: str, body: bytes, expected: tuple[Any, int]) -> None:
    pace = salesforce.pace({})
    salesforce.observe(
        _answer("/services/data/v66.0/limits", {"Sforce-Limit-Info": header}, body), pace
    )
    assert pace.budget is not None
    assert (pace.budget.limit, pace.budget.used) == expected


@pytest.mark.parametrize("text", ["1", "-0.1", "a fifth", "0,2", "20%"])
def test_a_reserve_that_is_no_part_of_the_whole_is_refused(text: str) -> None:
    with pytest.raises(FatalError, match="HUBSPOT_DAILY_RESERVE must be a number from 0"):
        hubspot.pace({"HUBSPOT_DAILY_RESERVE": text})


def _land(store: Path, home: Home, plan: Plan, *names: str, **settings: str) -> list[Landed]:
    with serving(Context(store, enforce_limits=True), plan) as url:
        connected = environment(url) | {"HUBSPOT_SEARCH_PER_SECOND": "1000"} | settings
        return land("hubspot", names, settings=connected, home=home, mode="incremental", workers=1)


def test_a_first_load_stops_at_the_reserve_with_one_sentence(company: Path, home: Home) -> None:
    plan = Plan(private_app=100_000, associations=100_000, daily=20)
    landed = _land(company, home, plan, "deals", "contacts", HUBSPOT_DAILY_RESERVE="0.5")
    assert [outcome.status for outcome in landed] == ["failed", "failed"]
    for outcome in landed:
        assert str(outcome.reason).startswith("10 of the 20 calls that HubSpot allows in a day")
    assert sum(outcome.requests for outcome in landed) <= 10
    # The pages that came before it are kept for the next run.
    assert list(home.landing.glob("hubspot/*/*.tmp/*.gz")) != []


def test_what_matters_most_comes_first(company: Path, home: Home) -> None:
    plan = Plan(private_app=100_000, associations=100_000, daily=20)
    landed = _land(company, home, plan, "notes", "deals", HUBSPOT_DAILY_RESERVE="0.5")
    assert [outcome.entity for outcome in landed] == ["notes", "deals"]
    notes, deals = landed
    assert deals.requests > 5
    assert notes.requests == 0


def test_changes_go_on_where_a_first_load_stops(company: Path, serve: Serve, home: Home) -> None:
    pull(serve(company), home, "hubspot", "products", "pipelines")
    plan = Plan(private_app=100_000, associations=100_000, daily=30)
    names = ("deals", "products", "pipelines")
    landed = _land(company, home, plan, *names, HUBSPOT_DAILY_RESERVE="0.9")
    deals, products, pipelines = landed
    assert (products.status, pipelines.status) == ("landed", "landed"), products.reason
    assert deals.status == "failed"
    assert "of the 30 calls that HubSpot allows in a day" in str(deals.reason)


def test_oauth_has_no_limit_for_the_day(company: Path, home: Home) -> None:
    plan = Plan(oauth_app=100_000, associations=100_000, daily=1)
    with serving(Context(company, enforce_limits=True), plan) as url:
        (landed,) = land(
            "hubspot", ["products"], settings=oauth_environment(url), home=home, mode="full"
        )
    assert landed.status == "landed", landed.reason


def test_associations_do_not_use_up_the_window_of_the_other_calls(
    company: Path, home: Home
) -> None:
    seen: dict[str, int] = {}

    def watch(app: str, at: float, is_taken: bool) -> None:
        kind = "associations" if app.endswith("associations") else "calls"
        seen[kind] = seen.get(kind, 0) + 1
        assert is_taken

    plan = Plan(associations=5, seconds=0.2, watch=watch)
    (landed,) = _land(company, home, plan, "deals")
    assert landed.status == "landed", landed.reason
    assert seen["calls"] > 5


@pytest.mark.parametrize("lists", [True, False])
def test_an_edit_of_nearly_every_record_is_read_by_list(
    store: Path,
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lists: bool,
) -> None:
    monkeypatch.setattr(route, "FEW", 10)
    home, fresh = Home(tmp_path / "home"), Home(tmp_path / "fresh")
    pull(serve(store), home, "hubspot", "deals")
    _touch(store, every=1 if lists else 10)
    served = serve(store)
    ((landed,), (loaded,)) = pull(served, home, "hubspot", "deals")
    assert (landed.status, loaded.status) == ("landed", "loaded")
    counted = served.context.counts()
    batches = sum(times for group, times in counted.items() if "{type}/batch/read" in group)
    assert (batches == 0) is lists, counted
    # The first answer tells how many there are, and one more how many there are in all.
    searches = sum(times for group, times in counted.items() if group.endswith("/search"))
    assert searches <= 5
    pull(serve(store), fresh, "hubspot", "deals")
    for table in ("raw_hubspot.deals", "raw_hubspot.associations", "raw_hubspot.property_history"):
        assert contents(home)[table] == contents(fresh)[table]


def _touch(store: Path, *, every: int) -> None:
    """As an edit of the pipeline does: it moves the stamps of deals and changes nothing else."""
    with Store(store, read_only=True) as opened:
        now = opened.now() - 60_000
    with sqlite3.connect(store) as connection:
        connection.execute(
            "update hs_object set updated_at = ?, properties = json_set(properties, "
            "'$.hs_lastmodifieddate', strftime('%Y-%m-%dT%H:%M:%fZ', ? / 1000.0, 'unixepoch')) "
            "where type = 'deals' and archived = 0 and id % ? = 0",
            [now, now, every],
        )


def test_a_list_of_two_steps_is_never_the_cheaper_way(
    store: Path, serve: Serve, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the properties are too many for a list, it only tells ids, as the search does."""
    monkeypatch.setattr(route, "FEW", 10)
    pull(serve(store), home, "hubspot", "deals")
    _touch(store, every=1)
    monkeypatch.setattr(objects, "LONGEST_URL", 100)
    served = serve(store)
    ((landed,), _) = pull(served, home, "hubspot", "deals")
    assert landed.status == "landed", landed.reason
    assert any("{type}/batch/read" in group for group in served.context.counts())


def test_every_call_of_salesforce_counts_among_those_at_one_time(
    company: Path, serve: Serve, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(company)
    asked: list[tuple[str, ...]] = []
    wait = Pace.wait

    def noted(pace: Pace, groups: tuple[str, ...], **more: Any) -> Any:
        asked.append(groups)
        return wait(pace, groups, **more)

    monkeypatch.setattr(Pace, "wait", noted)
    settings = served.settings | {"SALESFORCE_CUSTOM_OBJECTS": "all"}
    entities = list(SOURCES["salesforce"].entities)
    for mode in ("full", "incremental"):
        land("salesforce", entities, settings=settings, home=home, mode=cast(Mode, mode))
        load("salesforce", entities, home=home)
    check(SOURCES["salesforce"], served.settings, home)
    assert len(asked) > 3 * len(entities)
    # Only for tokens is another server asked.
    assert [groups for groups in asked if groups != (salesforce.CALLS,)] == [(), (), ()]
