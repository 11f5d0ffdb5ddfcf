"""What an administrator does by `/_control/drift`, and what the two APIs then say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.connection import HUBSPOT_ACCESS_TOKEN
from sandbox.context import Context
from tests.sandbox.hubspot.portal import build
from tests.sandbox.hubspot.served import Served
from tests.sandbox.serving import serving

HEADERS = {"Authorization": f"Bearer {HUBSPOT_ACCESS_TOKEN}"}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    path = tmp_path / "company.sqlite"
    build(path)
    context = Context(path, enforce_limits=False)
    with serving(context) as url:
        yield Served(url, context)


def _do(own: Served, deed: str, vendor: str = "hubspot", **what: object) -> requests.Response:
    body = {"vendor": vendor, "deed": deed, **what}
    return requests.post(f"{own.url}/_control/drift", json=body, timeout=5)


def _get(own: Served, path: str, **parameters: str) -> requests.Response:
    return requests.get(f"{own.url}{path}", params=parameters, headers=HEADERS, timeout=5)


def _names(answer: requests.Response) -> set[str]:
    return {item["name"] for item in answer.json()["results"]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"vendor": "hubspot", "deed": "add_propperty"}, "no such deed; there are hubspot add"),
        ({"vendor": "hubspot", "deed": "archive_property", "type": "deals", "name": "x"}, "no property x"),
        ({"vendor": "hubspot", "deed": "archive_property", "type": "deals"}, "missing"),
        ({"vendor": "salesforce", "deed": "remove_field", "object": "X", "name": "y"}, "no object X"),
        ({"vendor": "hubspot", "deed": "write", "type": "deals", "id": 1, "values": {}}, "no record 1"),
        ([], "a deed is expected"),
    ],
)  # fmt: skip
def test_a_deed_that_cannot_be_done_is_told(own: Served, body: Any, said: str) -> None:
    answer = requests.post(f"{own.url}/_control/drift", json=body, timeout=5)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_property_goes_to_the_bin_and_out_of_it(own: Served) -> None:
    path = "/crm/properties/2026-03/deals"
    assert _do(own, "add_property", type="deals", name="margin", kind="number").ok
    assert "margin" in _names(_get(own, path))
    assert _do(own, "archive_property", type="deals", name="margin").ok
    assert "margin" not in _names(_get(own, path))
    (found,) = _get(own, path, archived="true").json()["results"]
    assert (found["name"], found["archived"]) == ("margin", True)
    assert found["archivedAt"].endswith("Z")
    assert _do(own, "restore_property", type="deals", name="margin").ok
    assert "margin" in _names(_get(own, path))
    assert _do(own, "purge_property", type="deals", name="margin").ok
    assert _get(own, path, archived="true").json()["results"] == []
    assert "margin" not in _names(_get(own, path))


def test_sensitive_definitions_are_hidden_until_named_and_need_their_scope(own: Served) -> None:
    path = "/crm/properties/2026-03/contacts"
    assert _do(own, "add_property", type="contacts", name="secret", sensitivity="sensitive").ok
    assert "secret" not in _names(_get(own, path))
    assert _names(_get(own, path, dataSensitivity="sensitive")) == {"salary", "secret"}
    own.context.withheld_scopes = frozenset({"crm.objects.sensitive.read"})
    refused = _get(own, path, dataSensitivity="sensitive")
    assert refused.status_code == 403
    assert refused.json()["category"] == "MISSING_SCOPES"
    assert _get(own, path).ok


@pytest.mark.parametrize("name", ["p_machine", "2-77", "full"])
def test_an_own_object_answers_to_its_three_names(own: Served, name: str) -> None:
    assert _do(own, "add_object", name="machine", number=77, records=[{"serial": "A"}]).ok
    (schema,) = _get(own, "/crm-object-schemas/2026-03/schemas").json()["results"]
    path = f"/crm/objects/2026-03/{schema['fullyQualifiedName'] if name == 'full' else name}"
    (record,) = _get(own, path, properties="hs_object_id").json()["results"]
    assert record["id"] == "1"
    assert _get(own, "/crm/objects/2026-03/machine").status_code == 400


def test_a_written_value_moves_the_stamp_unless_it_is_silent(own: Served) -> None:
    path = "/crm/objects/2026-03/deals"
    first = _get(own, path, limit="1", properties="dealname").json()["results"][0]
    write: dict[str, Any] = {"type": "deals", "id": int(first["id"])}
    assert _do(own, "write", **write, values={"dealname": "by a formula"}, silent=True).ok
    silent = _get(own, f"{path}/{first['id']}", properties="dealname").json()
    assert silent["properties"]["dealname"] == "by a formula"
    assert silent["updatedAt"] == first["updatedAt"]
    assert _do(own, "write", **write, values={"dealname": "by hand"}).ok
    loud = _get(own, f"{path}/{first['id']}", properties="dealname").json()
    assert loud["updatedAt"] > first["updatedAt"]
    assert loud["properties"]["hs_lastmodifieddate"] == loud["updatedAt"]
