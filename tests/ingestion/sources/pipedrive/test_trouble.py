"""Faults, limits and refusals of a Pipedrive account, and what each of them ends in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.engine.client import Answer
from ingestion.engine.pace import Pace
from ingestion.run import Home
from ingestion.sources.pipedrive import objects, quota
from ingestion.sources.pipedrive.connection import connect, judge
from ingestion.sources.pipedrive.identity import identify
from ingestion.sources.pipedrive.login import missing
from sandbox.connection import PIPEDRIVE_API_TOKEN, oauth_environment
from tests.ingestion.sources.pipedrive.conftest import Account, live, rows

Serve = Callable[..., Account]
LOG = "GET /v1/deals/{id}/changelog"


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, partners: Path) -> dict[str, list[str]]:
    """What a load without any trouble finds."""
    from sandbox.connection import environment
    from sandbox.context import Context
    from tests.sandbox.serving import serving

    home = Home(tmp_path_factory.mktemp("calm"))
    context = Context(partners, enforce_limits=False)
    with serving(context) as url:
        Account(url, context, environment(url, has_partners=True)).pull(home, "deals", "leads")
    return live(home)


@pytest.mark.parametrize(
    "fault",
    [
        {"path": "/api/v2/deals$", "kind": "status", "status": 500, "times": 2},
        {"path": "/changelog$", "kind": "status", "status": 503, "times": 1, "after": 3},
        {"path": "/api/v2/deals", "kind": "html", "times": 1},
        {"path": "/api/v2/deals$", "kind": "cut", "times": 1},
        {"path": "/changelog$", "kind": "malformed", "times": 1, "after": 5},
        {"path": "/api/v2/deals/products", "kind": "drop", "times": 1},
        # The list of deleted deals, answered with the page of the others that came before it.
        {"path": "/api/v2/deals$", "kind": "duplicate_page", "times": 1, "after": 1},
    ],
    ids=lambda fault: f"{fault['kind']} {fault['path']}",
)
def test_a_fault_is_waited_out_and_nothing_is_lost_or_doubled(
    serve: Serve,
    partners: Path,
    home: Home,
    calm: dict[str, list[str]],
    fault: dict[str, Any],
) -> None:
    account = serve(partners)
    account.fault(**fault)
    landed, _ = account.pull(home, "deals", "leads")
    assert {one.status for one in landed.values()} == {"landed"}
    assert live(home) == calm


@pytest.mark.parametrize(
    ("entity", "path"), [("leads", "/v1/leads$"), ("activities", "/api/v2/activities$")]
)
@pytest.mark.parametrize("kind", ["duplicate_page", "cut", "broken_gzip"])
def test_pages_come_once_each(
    serve: Serve,
    partners: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entity: str,
    path: str,
    kind: str,
) -> None:
    account = serve(partners)
    whole, paged = Home(tmp_path / "whole"), Home(tmp_path / "paged")
    account.pull(whole, entity)
    monkeypatch.setattr(objects, "PAGE", 9)
    account.fault(path=path, kind=kind, times=1, after=1)
    landed, _ = account.pull(paged, entity)
    assert landed[entity].status == "landed"
    assert landed[entity].requests > 3
    assert live(paged) == live(whole)


@pytest.mark.parametrize("kind", ["looping_cursor", "lost_cursor"])
def test_a_cursor_that_fails_is_no_end(
    serve: Serve, partners: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    account = serve(partners)
    whole, paged = Home(tmp_path / "whole"), Home(tmp_path / "paged")
    account.pull(whole, "activities")
    monkeypatch.setattr(objects, "PAGE", 9)
    account.fault(path="/api/v2/activities$", kind=kind, times=1, after=1)
    landed, _ = account.pull(paged, "activities")
    assert landed["activities"].status == "landed"
    assert live(paged) == live(whole)


def test_a_deal_that_goes_meanwhile_takes_nobody_with_it(
    serve: Serve, partners: Path, home: Home, calm: dict[str, list[str]]
) -> None:
    account = serve(partners)
    account.fault(path="/changelog$", kind="status", status=404, times=1, after=4)
    landed, _ = account.pull(home, "deals")
    assert landed["deals"].status == "landed"
    found = live(home)["deal_changes"]
    assert set(found) < set(calm["deal_changes"])
    (deals,) = rows(home, "select count(distinct deal_id) from raw_pipedrive.deal_changes")
    assert deals[0] > 10


def test_the_known_log_of_a_deal_that_goes_stays(account: Account, home: Home) -> None:
    account.pull(home, "deals")
    before = live(home)["deal_changes"]
    account.fault(path="/changelog$", kind="status", status=410)
    landed, _ = account.pull(home, "deals", mode="full")
    assert landed["deals"].status == "landed"
    assert live(home)["deal_changes"] == before


def test_a_refused_entity_is_left_out_and_the_others_are_read(
    serve: Serve, partners: Path, home: Home
) -> None:
    account = serve(partners)
    account.fault(path="/api/v2/persons$", kind="status", status=403)
    landed, _ = account.pull(home, "persons", "organizations")
    assert (landed["persons"].status, landed["organizations"].status) == ("skipped", "landed")
    assert "a missing scope" in str(landed["persons"].reason)


def test_deals_are_not_landed_without_their_logs(serve: Serve, partners: Path, home: Home) -> None:
    account = serve(partners)
    account.fault(path="/changelog$", kind="status", status=403)
    landed, loaded = account.pull(home, "deals")
    assert landed["deals"].status == "skipped"
    assert loaded == []


def test_fields_that_may_not_be_seen_leave_the_others(
    serve: Serve, partners: Path, home: Home
) -> None:
    account = serve(partners)
    account.fault(path="/api/v2/activityFields", kind="status", status=403)
    landed, _ = account.pull(home, "fields")
    assert landed["fields"].status == "landed"
    found = {
        name for (name,) in rows(home, "select distinct object_type from raw_pipedrive.fields")
    }
    assert found == {"deals", "persons", "organizations", "products"}


def test_a_wrong_token_is_told_at_once(serve: Serve, partners: Path, home: Home) -> None:
    account = serve(partners)
    landed, _ = account.pull(home, "deals", "persons", PIPEDRIVE_API_TOKEN="0" * 40)
    assert {one.status for one in landed.values()} == {"failed"}
    for one in landed.values():
        assert "check PIPEDRIVE_API_TOKEN" in str(one.reason)
        assert "0" * 40 not in str(one.reason)
    assert sum(account.asked().values()) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PIPEDRIVE_CLIENT_SECRET", "check PIPEDRIVE_CLIENT_ID and PIPEDRIVE_CLIENT_SECRET"),
        ("PIPEDRIVE_REFRESH_TOKEN", "check PIPEDRIVE_REFRESH_TOKEN"),
    ],
)
def test_wrong_credentials_of_an_app_say_which(
    serve: Serve, partners: Path, home: Home, name: str, told: str
) -> None:
    account = serve(partners)
    account.settings = oauth_environment(account.url, has_partners=True) | {name: "wrong"}
    landed, _ = account.pull(home, "deals")
    assert landed["deals"].status == "failed"
    assert told in str(landed["deals"].reason)


def test_an_app_goes_on_when_its_token_ends(
    serve: Serve, partners: Path, home: Home, calm: dict[str, list[str]]
) -> None:
    account = serve(partners)
    account.settings = oauth_environment(account.url, has_partners=True)
    account.fault(path="/api/v2/deals$", kind="expired_token", times=1)
    landed, _ = account.pull(home, "deals", "leads")
    assert {one.status for one in landed.values()} == {"landed"}
    assert live(home) == calm
    assert account.asked()["POST /oauth/token"] == 2


def test_a_day_that_is_spent_ends_cleanly_and_the_next_goes_on(
    serve: Serve, store: Path, home: Home
) -> None:
    account = serve(store, limits=True)
    account.control("pipedrive", {"daily_tokens": 400})
    landed, loaded = account.pull(home, "deals")
    assert landed["deals"].status == "failed"
    assert "API tokens that Pipedrive allows in a day" in str(landed["deals"].reason)
    assert loaded == []
    first = account.asked()[LOG]
    account.control("pipedrive", {})
    landed, _ = account.pull(home, "deals")
    assert landed["deals"].status == "landed"
    # What the first day had read is not asked for again.
    query = "select count(*) from pd_record where type = 'deals' and updated_at > created_at"
    ((touched,),) = account.context.store().connection.execute(query).fetchall()
    assert first > 0
    assert account.asked()[LOG] == touched - first


def test_nothing_set_is_not_configured(account: Account, home: Home) -> None:
    account.settings = {"PIPEDRIVE_CLIENT_ID": "alone"}
    landed, _ = account.pull(home, "deals")
    assert landed["deals"].status == "not_configured"
    assert missing({"PIPEDRIVE_API_TOKEN": "x"}) is None


def test_who_we_are_is_told(account: Account) -> None:
    with connect(account.settings).open_client() as client:
        facts = identify(client, account.settings)
    assert facts["company"] == "Aurora Partners, 11873402"
    assert facts["signed in by"] == "PIPEDRIVE_API_TOKEN"
    assert facts["time zone"] == "America/Sao_Paulo"
    assert "calls in 2 s" in facts["pace"]
    assert PIPEDRIVE_API_TOKEN not in str(facts)


def _answer(status: int, path: str = "/api/v2/deals", body: bytes = b"{}", **said: str) -> Answer:
    headers = {name.replace("_", "-"): value for name, value in said.items()}
    return Answer("GET", path, status, headers, body)


@pytest.mark.parametrize(
    ("answer", "action", "wait"),
    [
        (_answer(401), "credentials", None),
        (_answer(402), "skip", None),
        (_answer(403, body=b'{"success":false,"error":"Scope and URL mismatch"}'), "skip", None),
        (_answer(403, body=b"<html>Just a moment</html>"), "pause", 60.0),
        (_answer(404), "skip", None),
        (_answer(404, "/v1/deals/7/changelog"), "ok", None),
        (_answer(410, "/v1/deals/7/changelog"), "ok", None),
        (_answer(404, "/v1/deals/changelog"), "skip", None),
        (_answer(429), "pause", 2.0),
        (_answer(429, x_ratelimit_reset="1"), "pause", 1.0),
        (_answer(429, x_daily_ratelimit_token_remaining="0"), "quota", None),
        (_answer(500), "retry", None),
        (_answer(502, body=b"<html>"), "retry", None),
        (_answer(400, body=b'{"error":"Bad request"}'), "fatal", None),
        (_answer(400, body=b'{"error":"Invalid cursor"}'), "restart", None),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else str(value),
)
def test_what_an_answer_means(answer: Answer, action: str, wait: float | None) -> None:
    verdict = judge(answer)
    assert (verdict.action, verdict.wait) == (action, wait)


def test_an_app_s_refused_token_is_renewed() -> None:
    assert judge(_answer(401), is_fixed=False).action == "renew"


def test_the_limits_are_those_of_the_answers() -> None:
    pace = quota.pace({})
    answer = _answer(
        200,
        x_ratelimit_limit="80",
        x_ratelimit_remaining="79",
        x_daily_ratelimit_token_limit="150000",
        x_daily_ratelimit_token_remaining="148051",
    )
    quota.observe(answer, pace)
    assert pace.seconds_per_call(quota.CALLS) == pytest.approx(2 / 80)
    assert pace.budget is not None
    assert (pace.budget.limit, pace.budget.left) == (150_000, 148_051)


def test_an_answer_without_limits_changes_nothing() -> None:
    pace: Pace = quota.pace({})
    quota.observe(_answer(200), pace)
    assert pace.seconds_per_call(quota.CALLS) == pytest.approx(2 / quota.FIRST_CALLS)
    assert pace.budget is not None
    assert pace.budget.limit is None
