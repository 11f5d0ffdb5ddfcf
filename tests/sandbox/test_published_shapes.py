"""The sandbox's HubSpot answers have the vendor's published shapes, and so has the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from sandbox import connection
from sandbox.company import generate
from sandbox.context import Context
from sandbox.hubspot.catalogue import TYPES
from tests.sandbox.hubspot.served import Served
from tests.sandbox.published_shapes import LIST, differences, schema_for
from tests.sandbox.serving import serving

BODIES = Path(__file__).parents[3] / "shared" / "data" / "api_bodies" / "hubspot"
NAMES = [kind.name for kind in TYPES]
LINKED = (("deals", "contacts"), ("deals", "companies"), ("contacts", "companies"))
OAUTH = {
    "grant_type": "refresh_token",
    "client_id": connection.HUBSPOT_CLIENT_ID,
    "client_secret": connection.HUBSPOT_CLIENT_SECRET,
    "refresh_token": connection.HUBSPOT_REFRESH_TOKEN,
}
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("shapes") / "company.sqlite"
    generate(path, deals=80, seed=7)
    context = Context(path, enforce_limits=False)
    with serving(context) as url:
        yield Served(url, context)


@pytest.fixture(scope="module")
def ask(portal: Served) -> Ask:
    """One request; its answer is checked against the published shape and handed back parsed."""

    def send(method: str, path: str, *, status: int = 200, **options: Any) -> Any:
        return _checked(portal.ask(method, path, **options), status)

    return send


def _checked(answer: requests.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text[:300]
    path = urlsplit(answer.url).path
    schema = schema_for(str(answer.request.method), path, status)
    assert schema is not None, f"no published shape for {path}"
    body = answer.json()
    assert differences(body, schema) == []
    return body


@pytest.mark.parametrize("name", NAMES)
def test_lists(ask: Ask, name: str) -> None:
    properties = ",".join(
        each["name"] for each in ask("GET", f"/crm/properties/2026-03/{name}")["results"]
    )
    wanted: dict[str, Any] = {"limit": 50, "properties": properties}
    assert ask("GET", f"/crm/objects/2026-03/{name}", params=wanted)["results"]
    ask("GET", f"/crm/objects/2026-03/{name}", params=wanted | {"archived": "true"})
    ask("GET", f"/crm/v3/objects/{name}", params={"limit": 1})


def test_lists_with_history_and_links(ask: Ask) -> None:
    wanted = {
        "limit": 50,
        "propertiesWithHistory": "dealstage,amount,closedate,hubspot_owner_id",
        "associations": "contacts,companies,line_items",
    }
    page = ask("GET", "/crm/objects/2026-03/deals", params=wanted)
    assert page["paging"]["next"]["link"]
    assert any(versions for deal in page["results"] for versions in deal["propertiesWithHistory"])
    assert any("line items" in deal.get("associations", {}) for deal in page["results"])


@pytest.mark.parametrize("name", NAMES)
def test_searches_batches_and_single_records(ask: Ask, name: str) -> None:
    found = ask("POST", f"/crm/objects/2026-03/{name}/search", json={"limit": 2})
    assert found["total"] >= len(found["results"]) >= 1
    ids = [{"id": record["id"]} for record in found["results"]]
    ask("POST", f"/crm/objects/2026-03/{name}/batch/read", json={"inputs": ids})
    ask("GET", f"/crm/objects/2026-03/{name}/{ids[0]['id']}")


def test_batches_that_miss_some(ask: Ask) -> None:
    first = ask("GET", "/crm/objects/2026-03/deals", params={"limit": 1})["results"][0]["id"]
    body = {
        "inputs": [{"id": first}, {"id": "1"}],
        "properties": ["amount"],
        "propertiesWithHistory": ["dealstage"],
    }
    missed = ask("POST", "/crm/objects/2026-03/deals/batch/read", json=body, status=207)
    assert missed["numErrors"] == 1
    assert ask("POST", "/crm/objects/2026-09/deals/batch/read", json=body)["numErrors"] == 1


@pytest.mark.parametrize(("source", "target"), LINKED)
@pytest.mark.parametrize("base", ["/crm/v4/associations", "/crm/associations/2026-03"])
def test_links(ask: Ask, base: str, source: str, target: str) -> None:
    wanted = {"limit": 50, "associations": target}
    records = ask("GET", f"/crm/objects/2026-03/{source}", params=wanted)["results"]
    linked = [{"id": record["id"]} for record in records if "associations" in record]
    body = {"inputs": linked}
    assert ask("POST", f"{base}/{source}/{target}/batch/read", json=body)["results"]
    ask("GET", f"/crm/v4/objects/{source}/{linked[0]['id']}/associations/{target}")
    ask("GET", f"{base}/{source}/{target}/labels")


def test_settings(ask: Ask) -> None:
    owners = ask("GET", "/crm/owners/2026-03", params={"limit": 5})["results"]
    ask("GET", f"/crm/owners/2026-03/{owners[0]['id']}")
    assert ask("GET", "/crm/owners/2026-03", params={"archived": "true"})["results"]
    for name in ("deals", "tickets", "leads"):
        assert ask("GET", f"/crm/pipelines/2026-03/{name}")["results"]
    ask("GET", "/account-info/2026-03/details")
    ask("GET", "/account-info/2026-03/api-usage/daily/private-apps")


def test_refusals(ask: Ask, portal: Served) -> None:
    ask("GET", "/crm/objects/2026-03/deals", params={"limit": 101}, status=400)
    ask("GET", "/crm/objects/2026-03/nonsense", status=400)
    ask("GET", "/crm/objects/2026-03/deals/1", status=404)
    ask("GET", "/crm/objects/2026-03/deals", headers={"Authorization": "Bearer unknown-token"},
        status=401)  # fmt: skip
    portal.context.withheld_scopes = frozenset({"crm.objects.deals.read"})
    try:
        refused = ask("GET", "/crm/objects/2026-03/deals", status=403)
        assert refused["errors"][0]["context"]["requiredGranularScopes"]
    finally:
        portal.context.withheld_scopes = frozenset()


@pytest.mark.parametrize("policy", ["TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY"])
def test_rate_limits(ask: Ask, portal: Served, policy: str) -> None:
    portal.fault(path="/crm/", kind="status", status=429, policy=policy, times=1)
    assert ask("GET", "/crm/objects/2026-03/deals", status=429)["policyName"] == policy


def test_tokens(ask: Ask, portal: Served) -> None:
    token = ask("POST", "/oauth/2026-03/token", data=OAUTH)["access_token"]
    ask("POST", "/oauth/2026-03/token", data=OAUTH | {"refresh_token": "no"}, status=400)
    portal.context.tokens.expire()
    late = {"Authorization": f"Bearer {token}"}
    expired = ask("GET", "/crm/objects/2026-03/deals", headers=late, status=401)
    assert list(expired["context"]) == ["expire time"]


def _recordings() -> list[Path]:
    return sorted(BODIES.rglob("*.json"))


@pytest.mark.skipif(not BODIES.is_dir(), reason="no recorded bodies here")
def test_recordings_of_the_real_service_have_these_shapes() -> None:
    judged: dict[str, list[str]] = {}
    for path in _recordings():
        told = json.loads(path.read_text(encoding="utf-8"))
        schema = schema_for(told["method"], urlsplit(told["url"]).path, told["status"])
        # These are named, not addressed; the one of properties was cut down by those who keep it.
        if path.name.startswith("mock_") and not path.stem.endswith("_properties"):
            schema = LIST
        if schema is not None:
            judged[path.name] = differences(told["body"], schema)
    assert {name: found for name, found in judged.items() if found} == {}
    # The rest are answers of retired versions, and to writes.
    assert len(judged) >= 30


_RECORD = {
    "id": "1",
    "properties": {"amount": "5", "dealname": None},
    "createdAt": "2026-05-01T12:30:00Z",
    "updatedAt": "2026-05-01T12:30:00.123Z",
    "archived": False,
}


def test_the_shapes_let_pass_what_is_published() -> None:
    assert differences({"results": [_RECORD]}, LIST) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"results": [{"id": 1}]},
        {"results": [], "paging": {"next": {}}},
        {"results": [], "total": 3},
        {"results": [_RECORD | {"properties": {"amount": 5}}]},
        {"results": [_RECORD | {"createdAt": 1762182000000}]},
        {"results": [_RECORD | {"invented": "x"}]},
    ],
)
def test_the_shapes_bite(spoilt: object) -> None:
    assert differences(spoilt, LIST)
