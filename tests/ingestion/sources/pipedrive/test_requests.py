"""Everything that we send to Pipedrive keeps to what its reference sheet allows.

The requests of a first load, a pull of changes, a sweep and a window are recorded as they arrive,
and judged by rules that know nothing of our code nor of the sandbox's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest

import tests.sandbox.serving as serving_module
from ingestion.model import Window
from ingestion.run import Home
from sandbox.company import advance
from sandbox.connection import oauth_environment
from sandbox.context import Context
from sandbox.server import build_app
from tests.ingestion.sources.pipedrive.conftest import Account

V2 = re.compile(
    r"/api/v2/(deals|deals/archived|deals/products|persons|organizations|products|activities"
    r"|pipelines|stages|(deal|person|organization|product|activity)Fields)"
)
V1 = re.compile(r"(/api)?/v1/(users|users/me|leads|currencies|deals/\d+/changelog)")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
COMMON = {"limit", "cursor", "sort_by", "sort_direction"}
OF_LISTS = COMMON | {"updated_since", "updated_until", "ids", "status", "owner_id"}


class Sent(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


def wrong_with(sent: Sent) -> list[str]:
    return [f"{sent.method} {sent.path}: {said}" for said in _wrong(sent)]


def _wrong(sent: Sent) -> Iterator[str]:
    if sent.path == "/oauth/token":
        if not sent.headers.get("authorization", "").startswith("Basic "):
            yield "an app that does not prove itself in a Basic header"
        return
    if sent.method != "GET":
        yield "we only read"
    is_bearer = sent.headers.get("authorization", "").startswith("Bearer ")
    if is_bearer == ("x-api-token" in sent.headers):
        yield "one token, in one header"
    if "api_token" in sent.query:
        yield "a secret in the address"
    if "gzip" not in sent.headers.get("accept-encoding", ""):
        yield "answers may not be compressed"
    if V2.fullmatch(sent.path):
        yield from _wrong_list(sent)
    elif V1.fullmatch(sent.path):
        yield from _wrong_old(sent)
    else:
        yield "no such path, or one that is deprecated"


def _wrong_list(sent: Sent) -> Iterator[str]:
    query = sent.query
    allowed = (
        OF_LISTS
        if re.search(r"/(deals|archived|persons|organizations|activities)$", sent.path)
        else COMMON
    )
    if sent.path.endswith("/deals/products"):
        allowed = COMMON | {"deal_ids"}
        if not 1 <= len(query.get("deal_ids", "").split(",")) <= 100:
            yield "more than 100 deals"
    for name in query.keys() - allowed:
        yield f"the parameter {name}"
    if not 1 <= int(query.get("limit", "100")) <= 500:
        yield "more than 500 of a page"
    if query.get("sort_by", "id") not in ("id", "update_time", "add_time"):
        yield "an order that is not known"
    if query.get("sort_direction", "asc") not in ("asc", "desc"):
        yield "a direction that is not known"
    if "status" in query and query["status"] not in ("open", "won", "lost", "deleted"):
        yield "a status that is not known"
    for name in ("updated_since", "updated_until"):
        if name in query and not RFC_3339.fullmatch(query[name]):
            yield f"{name} is no RFC 3339 instant in UTC"


def _wrong_old(sent: Sent) -> Iterator[str]:
    allowed = {"limit", "start"} if sent.path.endswith("/leads") else set()
    if sent.path.endswith("/changelog"):
        allowed = {"limit", "cursor"}
    for name in sent.query.keys() - allowed:
        yield f"the parameter {name}"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    found: list[Sent] = []

    def build(context: Context, plan: Any = None) -> Any:
        app = build_app(context, plan)

        async def recorded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and not scope["path"].startswith("/_control"):
                query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
                headers = {k.decode(): v.decode("latin-1") for k, v in scope["headers"]}
                plain = {name: values[-1] for name, values in query.items()}
                found.append(Sent(scope["method"], scope["raw_path"].decode(), plain, headers))
            await app(scope, receive, send)

        return recorded

    monkeypatch.setattr(serving_module, "build_app", build)
    return found


@pytest.mark.parametrize("way", ["token", "oauth"])
def test_every_request_is_legal(
    sent: list[Sent], store: Path, serve: Callable[[Path], Account], home: Home, way: str
) -> None:
    account = serve(store)
    if way == "oauth":
        account.settings = oauth_environment(account.url, has_partners=True)
    account.pull(home)
    advance(store, days=2)
    account.pull(home)
    account.pull(home, mode="sweep")
    now = datetime.fromtimestamp(account.context.now() / 1000, UTC)
    window = Window(now - timedelta(days=40), now - timedelta(days=10))
    landed, _ = account.pull(home, window=window)
    assert {one.status for one in landed.values()} == {"landed"}
    assert sorted({said for one in sent for said in wrong_with(one)}) == []
    # A rule that met no request has proved nothing.
    paths = {re.sub(r"\d{2,}", "N", one.path) for one in sent}
    assert {
        "/api/v2/deals",
        "/api/v2/deals/archived",
        "/api/v2/deals/products",
        "/v1/deals/N/changelog",
        "/v1/leads",
    } <= paths
    assert any("updated_since" in one.query and "updated_until" in one.query for one in sent)
    assert any(one.query.get("status") == "deleted" for one in sent)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Sent("GET", "/api/v2/deals", {"limit": "501"}, {}), "more than 500"),
        (Sent("GET", "/api/v2/deals", {"updated_since": "2026-01-01 00:00"}, {}), "RFC 3339"),
        (Sent("GET", "/api/v2/deals/products", {"deal_ids": ",".join("1" * 101)}, {}), "100 deals"),
        (
            Sent("GET", "/api/v2/stages", {"updated_since": "2026-01-01T00:00:00Z"}, {}),
            "updated_since",
        ),
        (Sent("GET", "/v1/deals", {}, {}), "deprecated"),
        (Sent("GET", "/v1/users", {"limit": "1"}, {}), "limit"),
        (Sent("GET", "/v1/users", {"api_token": "x"}, {}), "secret"),
        (Sent("POST", "/oauth/token", {}, {}), "Basic"),
    ],
)
def test_the_rules_bite(bad: Sent, said: str) -> None:
    assert any(said in complaint for complaint in wrong_with(bad))
