"""Everything that we send to a vendor keeps to what its reference sheet allows.

All requests of a full load, a pull of changes, a sweep and a backfill are recorded as they arrive
at the sandbox and judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import tests.sandbox.serving as serving_module
from ingestion.model import Mode, Window
from ingestion.run import SOURCES, Home, land, load
from sandbox.company import advance
from sandbox.context import Context
from sandbox.server import build_app
from sandbox.store import Store
from tests.ingestion.conftest import Served
from tests.ingestion.legal_requests import Sent, wrong_with
from tests.ingestion.test_large_answers import _add_many_properties


def _recording(app: Any, sent: list[Sent]) -> Any:
    async def recorded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_control"):
            await app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        path, query = scope["raw_path"].decode(), scope["query_string"].decode()
        sent.append(Sent(scope["method"], path, query, headers, body))

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        await app(scope, again, send)

    return recorded


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    found: list[Sent] = []

    def build(context: Context, plan: Any = None) -> Any:
        return _recording(build_app(context, plan), found)

    monkeypatch.setattr(serving_module, "build_app", build)
    return found


def _land(
    served: Served, home: Home, source: str, mode: Mode, window: Window | None = None
) -> None:
    # So few that the small company's tables are read by Bulk too.
    settings = served.settings | {"SALESFORCE_BULK_FROM_ROWS": "500"}
    entities = tuple(SOURCES[source].entities)
    landed = land(source, entities, settings=settings, home=home, mode=mode, window=window)
    assert not [outcome for outcome in landed if outcome.status == "failed"]


@pytest.mark.parametrize("source", ["hubspot", "salesforce"])
def test_every_request_is_legal(
    source: str, sent: list[Sent], store: Path, serve: Callable[[Path], Served], home: Home
) -> None:
    served = serve(store)
    _land(served, home, source, "full")
    load(source, tuple(SOURCES[source].entities), home=home)
    advance(store, days=2)
    _land(served, home, source, "incremental")
    _land(served, home, source, "sweep")
    with Store(store, read_only=True) as opened:
        now = datetime.fromtimestamp(opened.now() / 1000, UTC)
    window = Window(now - timedelta(days=40), now - timedelta(days=10))
    _land(served, home, source, "incremental", window)
    assert _all_wrong(sent) == []
    _assert_all_routes_were_taken(source, sent)


def test_requests_for_very_many_properties_are_legal(
    sent: list[Sent], store: Path, serve: Callable[[Path], Served], home: Home
) -> None:
    _add_many_properties(store)
    served = serve(store)
    landed = land("hubspot", ["deals"], settings=served.settings, home=home, mode="full")
    assert [outcome.status for outcome in landed] == ["landed"]
    assert _all_wrong(sent) == []


def _all_wrong(sent: list[Sent]) -> list[str]:
    return sorted({complaint for one in sent for complaint in wrong_with(one)})


def _assert_all_routes_were_taken(source: str, sent: list[Sent]) -> None:
    """A rule that met no request has proved nothing."""
    ways = {
        "hubspot": ("/search", "/deals/batch/read", "/companies/batch/read", "/deals"),
        "salesforce": ("/queryAll", "/jobs/query", "/results", "/composite/batch"),
    }
    for way in ways[source]:
        assert any(one.path.endswith(way) for one in sent), way


_GOOD = {
    "authorization": "Bearer x",
    "user-agent": "sales-heartbeat",
    "accept": "*/*",
    "accept-encoding": "gzip",
    "content-type": "application/json",
}
_OBJECTS = "/crm/objects/2026-03/deals"
_DATA = "/services/data/v66.0"


def _get(path: str, query: str = "") -> Sent:
    return Sent("GET", path, query, _GOOD)


def _post(path: str, body: Any) -> Sent:
    return Sent("POST", path, "", _GOOD, json.dumps(body).encode())


def _search(**body: Any) -> Sent:
    return _post(f"{_OBJECTS}/search", {"limit": 200} | body)


def _filters(*counts: int) -> list[dict[str, Any]]:
    one = {"propertyName": "amount", "operator": "GT", "value": "1"}
    return [{"filters": [one] * count} for count in counts]


def _inputs(count: int) -> list[dict[str, str]]:
    return [{"id": str(number)} for number in range(count)]


def _job(soql: str) -> Sent:
    return _post(f"{_DATA}/jobs/query", {"operation": "queryAll", "query": soql})


LEGAL = [
    _get(_OBJECTS, "limit=100&properties=amount"),
    _get(_OBJECTS, "limit=50&propertiesWithHistory=dealstage"),
    _search(filterGroups=_filters(6, 6, 6), sorts=["amount"], after="9800"),
    _post(f"{_OBJECTS}/batch/read", {"inputs": _inputs(100)}),
    _post("/crm/associations/2026-03/deals/contacts/batch/read", {"inputs": _inputs(1000)}),
    _get(f"{_DATA}/queryAll", "q=SELECT%20Id,BillingAddress%20FROM%20Account%20ORDER%20BY%20Id"),
    _job(
        "SELECT Id,BillingCity,OrderNumber FROM Account WHERE SystemModstamp >= 2026-01-01T00:00:00Z"
    ),
]
ILLEGAL = {
    "page": _get(_OBJECTS, "limit=101"),
    "page with history": _get(_OBJECTS, "limit=51&propertiesWithHistory=dealstage"),
    "address": _get(_OBJECTS, "properties=" + "x" * 16_000),
    "search page": _search(limit=201),
    "search offset": _search(after="9801"),
    "search groups": _search(filterGroups=_filters(1, 1, 1, 1, 1, 1)),
    "search group": _search(filterGroups=_filters(7)),
    "search filters": _search(filterGroups=_filters(4, 4, 4, 4, 3)),
    "search sorts": _search(sorts=["amount", "pipeline"]),
    "search body": _search(properties=["x" * 3_000]),
    "batch": _post(f"{_OBJECTS}/batch/read", {"inputs": _inputs(101)}),
    "empty batch": _post(f"{_OBJECTS}/batch/read", {"inputs": []}),
    "batch with history": _post(
        f"{_OBJECTS}/batch/read", {"inputs": _inputs(51), "propertiesWithHistory": ["amount"]}
    ),
    "links": _post(
        "/crm/associations/2026-03/deals/contacts/batch/read", {"inputs": _inputs(1_001)}
    ),
    "write": _post("/crm/objects/2026-03/deals/merge", {"primaryObjectId": "1"}),
    "no token": Sent("GET", _OBJECTS, "", {n: v for n, v in _GOOD.items() if n != "authorization"}),
    "nameless": Sent("GET", _OBJECTS, "", _GOOD | {"user-agent": "python-requests/2.32"}),
    "uncompressed": Sent("GET", _OBJECTS, "", _GOOD | {"accept-encoding": "identity"}),
    "csv refused": Sent(
        "GET", f"{_DATA}/jobs/query/1/results", "", _GOOD | {"accept": "application/json"}
    ),
    "long address": _get(f"{_DATA}/queryAll", "q=" + "x" * 16_300),
    "time zone": _get(f"{_DATA}/query", "q=SELECT%20Id%20WHERE%20A=LAST_N_DAYS:3"),
    "long query": _job("SELECT " + "x" * 100_000),
    "order in bulk": _job("SELECT Id FROM Account ORDER BY Id"),
    "limit in bulk": _job("SELECT Id FROM Account LIMIT 5"),
    "aggregate in bulk": _job("SELECT COUNT() FROM Account"),
    "compound in bulk": _job("SELECT Id,BillingAddress FROM Account"),
    "calls in one": _post(
        f"{_DATA}/composite/batch", {"batchRequests": [{"method": "GET", "url": "x"}] * 26}
    ),
    "queries in one": _post(
        f"{_DATA}/composite",
        {"compositeRequest": [{"method": "GET", "url": f"{_DATA}/query/?q=SELECT+Id"}] * 6},
    ),
    "deletes of a month": _get(
        f"{_DATA}/sobjects/Account/deleted", "start=2026-10-01T00:00:00Z&end=2026-11-01T00:00:00Z"
    ),
    "salesforce write": _post(f"{_DATA}/sobjects/Account", {"Name": "x"}),
}


@pytest.mark.parametrize("one", LEGAL, ids=lambda one: one.path)
def test_the_rules_let_pass_what_is_allowed(one: Sent) -> None:
    assert wrong_with(one) == []


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_rules_find_what_is_not(name: str) -> None:
    assert len(wrong_with(ILLEGAL[name])) == 1
