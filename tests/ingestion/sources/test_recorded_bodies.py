"""Our readings on bodies that the real services sent. Skipped where the recordings are absent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine.client import Answer
from ingestion.engine.land import NOW_FORMAT
from ingestion.engine.landing import Writer
from ingestion.engine.load import load_folder
from ingestion.engine.warehouse import opened, prepare_books, prepare_tables
from ingestion.model import Field, Mode, Page, Plan, Window
from ingestion.run import SOURCES
from ingestion.sources.hubspot import objects as hubspot
from ingestion.sources.hubspot import search
from ingestion.sources.salesforce import connection as salesforce_connection
from ingestion.sources.salesforce import objects as salesforce

BODIES = Path(__file__).parents[4] / "shared" / "data" / "api_bodies"
pytestmark = pytest.mark.skipif(not BODIES.is_dir(), reason="no recorded bodies here")
NOW = datetime(2026, 11, 3, tzinfo=UTC)


def _body(path: str) -> Any:
    return json.loads((BODIES / path).read_text(encoding="utf-8"))["body"]


def _load(root: Path, source: str, entity: str, page: Page, plan: Plan, mode: Mode) -> Path:
    load_id = NOW.strftime(NOW_FORMAT)
    with Writer(root / source / entity, load_id) as writer:
        writer.add(page)
        writer.finish(
            source=source,
            entity=entity,
            mode=mode,
            window=Window(None, NOW),
            api_version="recorded",
            landed_at=NOW,
            plan=plan,
            requests=1,
            seconds=0.0,
        )
    warehouse = root / "w.duckdb"
    with opened(warehouse) as connection:
        prepare_books(connection)
        prepare_tables(connection, SOURCES[source])
        load_folder(connection, SOURCES[source], root / source / entity / load_id)
    return warehouse


def _rows(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _listed(body: Any, entity: str) -> Page:
    return Page(
        hubspot.LISTED,
        json.dumps(body).encode(),
        len(body["results"]),
        context={"from_type": entity},
    )


@pytest.mark.parametrize(
    ("file", "entity"),
    [
        ("mock_deals_data", "deals"),
        ("mock_companies_data", "companies"),
        ("mock_contacts_data", "contacts"),
        ("mock_tickets_data", "tickets"),
        ("mock_products_data", "products"),
        ("mock_quotes_data", "quotes"),
    ],
)
def test_recorded_objects_become_rows(tmp_path: Path, file: str, entity: str) -> None:
    body = _body(f"hubspot/dlt_hubspot_mock/{file}.json")
    names = sorted({name for record in body["results"] for name in record["properties"]})
    known = {field.name: field for field in hubspot.object_table(entity).columns}
    plan = Plan(tuple(known.get(name, Field(name)) for name in names))
    warehouse = _load(tmp_path, "hubspot", entity, _listed(body, entity), plan, "full")
    found = _rows(warehouse, f"select id, epoch_ms(updatedAt) from raw_hubspot.{entity} order by 1")
    expected = {
        record["id"]: datetime.fromisoformat(record["updatedAt"]).timestamp() * 1000
        for record in body["results"]
    }
    assert dict(found) == pytest.approx(expected)
    for record in body["results"]:
        for name, value in record["properties"].items():
            ((kept,),) = _rows(
                warehouse,
                f'select coalesce(cast("{name}" as varchar), {_texts(warehouse, entity, name)}) '
                f"from raw_hubspot.{entity} where id = '{record['id']}'",
            )
            assert (kept is None) == (value in (None, "")), name


def _texts(warehouse: Path, entity: str, name: str) -> str:
    found = _rows(
        warehouse,
        "select 1 from duckdb_columns() where schema_name = 'raw_hubspot' "
        f"and table_name = '{entity}' and column_name = '{name}__text'",
    )
    return f'"{name}__text"' if found else "null"


def test_recorded_owners_become_rows(tmp_path: Path) -> None:
    body = _body("hubspot/hubspot_api_ruby/owner_all_0.json")
    page = Page("documents", json.dumps(body).encode(), len(body["results"]))
    warehouse = _load(tmp_path, "hubspot", "owners", page, Plan(), "whole")
    found = _rows(warehouse, "select id, email, userId from raw_hubspot.owners order by id")
    assert found == sorted((o["id"], o["email"], o["userId"]) for o in body["results"])


def test_recorded_history_keeps_every_version(tmp_path: Path) -> None:
    body = _body("hubspot/dlt_hubspot_mock/mock_contacts_with_history.json")
    histories = [record.get("propertiesWithHistory") or {} for record in body["results"]]
    names = tuple(sorted({name for history in histories for name in history}))
    # Histories are kept of deals and tickets; the shape is the same for all objects.
    plan = Plan((), {"history": names, "associations": ()})
    warehouse = _load(tmp_path, "hubspot", "deals", _listed(body, "deals"), plan, "full")
    found = _rows(warehouse, "select count(*), max(ordinal) from raw_hubspot.property_history")
    versions = [len(versions) for history in histories for versions in history.values()]
    assert found == [(sum(versions), max(versions) - 1)]


def test_recorded_search_answers_tell_ids_and_stamps() -> None:
    body = _body("hubspot/hubspot_api_ruby/task_search_0.json")
    found = search.found(body, "hs_lastmodifieddate")
    assert [str(key) for key, _ in found.records] == [r["id"] for r in body["results"]]
    assert found.is_last


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Opportunity", {"Amount": "number", "CloseDate": "date", "IsWon": "boolean"}),
        ("Account", {"AnnualRevenue": "number", "NumberOfEmployees": "integer"}),
        ("Event", {"StartDateTime": "instant", "DurationInMinutes": "integer"}),
        ("Lead", {"ConvertedDate": "date", "IsConverted": "boolean"}),
    ],
)
def test_recorded_describes_give_typed_fields(name: str, expected: dict[str, str]) -> None:
    body = _body(f"salesforce/cumulusci/GET_sobjects_{name}_describe_0.json")
    fields = {field.name: field for field in salesforce.fields_of(body)}
    assert {key: fields[key].type for key in expected} == expected
    assert fields["SystemModstamp"].calculated
    assert not fields["Description"].calculated


def test_a_recorded_query_error_is_judged() -> None:
    body = _body("salesforce/restforce/sobject_query_error_response.json")
    answer = Answer("GET", "/query", 400, {}, json.dumps(body).encode())
    assert salesforce_connection.judge(answer).action == "fatal"


def test_recorded_query_pages_become_rows(tmp_path: Path) -> None:
    body = _body("salesforce/restforce/sobject_query_success_response.json")
    names = [name for name in body["records"][0] if name not in ("attributes", "Id")]
    plan = Plan((Field("Id"), *(Field(name) for name in names)))
    records = [{"Id": f"001{n:015d}", **record} for n, record in enumerate(body["records"])]
    page = Page("records", json.dumps({**body, "records": records}).encode(), len(records))
    warehouse = _load(tmp_path, "salesforce", "accounts", page, plan, "full")
    assert _rows(warehouse, "select count(*) from raw_salesforce.accounts") == [(len(records),)]
