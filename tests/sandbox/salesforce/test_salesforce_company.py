"""The generated company through a client that we did not write equals the generator's own rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce

from sandbox import company
from sandbox.context import Context
from sandbox.store import Store
from tests.sandbox.salesforce.small_org import VERSION, loopback_session, token
from tests.sandbox.serving import serving

OBJECTS = (
    "Account", "Campaign", "CampaignMember", "Case", "Contact", "Contract", "CurrencyType",
    "DatedConversionRate", "Event", "ForecastingQuota", "Lead", "Opportunity",
    "OpportunityContactRole", "OpportunityFieldHistory", "OpportunityHistory",
    "OpportunityLineItem", "OpportunityStage", "Order", "OrderItem", "Organization", "Period",
    "PricebookEntry", "Product2", "Task", "User", "UserRole",
)  # fmt: skip
REST_ONLY = {"OpportunityStage"}
NUMBERS = {"currency", "percent", "double", "int", "long"}

Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.sqlite"
    company.generate(path, deals=200, seed=11)
    return path


@pytest.fixture(scope="module")
def client(path: Path) -> Iterator[Salesforce]:
    with serving(Context(path, enforce_limits=False)) as url:
        settings = {"bulk_seconds": 0}
        requests.post(f"{url}/_control/salesforce", json=settings, timeout=10).raise_for_status()
        yield Salesforce(
            instance_url=url,
            session_id=token(url),
            session=loopback_session(url),
            version=VERSION,
        )


def made(path: Path, entity: str, *, deleted: bool) -> Rows:
    """What the generator put down, straight from the file."""
    with Store(path, read_only=True) as store:
        found = store.connection.execute(
            "select id, fields from sf_record where object = ? and purged = 0 "
            "and (? or (is_deleted = 0 and ifnull(json_extract(fields, '$.IsArchived'), 0) = 0))",
            (entity, deleted),
        ).fetchall()
    return {key: json.loads(fields) for key, fields in found}


def fields(client: Salesforce, entity: str) -> dict[str, str]:
    described = getattr(client, entity).describe()["fields"]
    return {field["name"]: field["type"] for field in described}


@pytest.mark.parametrize("entity", OBJECTS)
@pytest.mark.parametrize("deleted", [False, True], ids=["query", "queryAll"])
def test_rest_rows_are_those_of_the_generator(
    client: Salesforce, path: Path, entity: str, deleted: bool
) -> None:
    names = list(fields(client, entity))
    expected = made(path, entity, deleted=deleted)
    answer = client.query_all(f"SELECT {', '.join(names)} FROM {entity}", include_deleted=deleted)
    read = {row["Id"]: {name: row[name] for name in names} for row in answer["records"]}
    assert expected
    assert read == {key: {name: row[name] for name in names} for key, row in expected.items()}


@pytest.mark.parametrize("entity", sorted(set(OBJECTS) - REST_ONLY))
def test_bulk_rows_are_those_of_the_generator(client: Salesforce, path: Path, entity: str) -> None:
    types = {
        name: kind
        for name, kind in fields(client, entity).items()
        if kind not in {"address", "location"}
    }
    expected = made(path, entity, deleted=True)
    pages = getattr(client.bulk2, entity).query_all(
        f"SELECT {', '.join(types)} FROM {entity}", wait=0
    )
    read: Rows = {}
    for page in pages:
        for row in csv.DictReader(io.StringIO(page, newline="")):
            read[row["Id"]] = {name: typed(row[name], types[name]) for name in types}
    assert read == {
        key: {name: comparable(row[name], types[name]) for name in types}
        for key, row in expected.items()
    }


def typed(text: str, kind: str) -> Any:
    """A CSV value by its described type: an empty one is null."""
    if not text:
        return None
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    if kind in NUMBERS:
        return Decimal(text)
    return text.replace("Z", "+0000") if kind == "datetime" else text


def comparable(value: Any, kind: str) -> Any:
    if value is not None and kind in NUMBERS:
        return Decimal(str(value))
    return str(value) if kind == "anyType" and isinstance(value, float) else value


def test_a_change_window_finds_exactly_the_rows_of_the_window(
    client: Salesforce, path: Path
) -> None:
    start, end = "2026-06-01T00:00:00.000+0000", "2026-09-01T00:00:00.000+0000"
    expected = {
        key
        for key, row in made(path, "Task", deleted=True).items()
        if start <= row["SystemModstamp"] < end
    }
    answer = client.query_all(
        "SELECT Id FROM Task WHERE SystemModstamp >= 2026-06-01T00:00:00Z "
        "AND SystemModstamp < 2026-09-01T00:00:00Z ORDER BY SystemModstamp, Id",
        include_deleted=True,
    )
    assert expected
    assert {row["Id"] for row in answer["records"]} == expected
