"""Answers of another shape than the vendors document, at every depth that is read."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.engine.errors import FatalError
from ingestion.engine.fields import fields
from ingestion.engine.landing import Writer
from ingestion.engine.load import load_folder
from ingestion.engine.warehouse import opened, prepare_books, prepare_tables
from ingestion.model import Page, Plan, Window
from ingestion.run import SOURCES

START = datetime(2026, 1, 1, tzinfo=UTC)
Where = tuple[str | int, ...]

STAMP = "2026-01-01T00:00:00Z"
DEAL = {
    "id": "1",
    "properties": {"dealname": "a", "amount": "1"},
    "propertiesWithHistory": {
        "dealstage": [
            {"value": "won", "timestamp": "2026-01-02T00:00:00Z", "sourceType": "CRM_UI"},
            {"value": "new", "timestamp": STAMP, "sourceType": "CRM_UI"},
        ]
    },
    "associations": {"contacts": {"results": [{"id": "7", "type": "deal_to_contact"}]}},
    "createdAt": STAMP,
    "updatedAt": STAMP,
    "archived": False,
}
LINK_TYPE = {"typeId": 3, "category": "HUBSPOT_DEFINED", "label": None}
LINKS = {"from": {"id": "1"}, "to": [{"toObjectId": 7, "associationTypes": [LINK_TYPE]}]}
PIPELINE = {
    "id": "default",
    "label": "Sales",
    "stages": [{"id": "won", "label": "Won", "metadata": {"isClosed": "true"}}],
}
OWNER = {"id": "1", "email": "a@b.example", "teams": [{"id": "2", "name": "t", "primary": True}]}
PERSON = {
    "id": 1,
    "name": "A",
    "custom_fields": {"abc": "x"},
    "emails": [{"value": "a@b.example", "primary": True}],
    "phones": [{"value": "1", "primary": True}],
}
ORGANIZATION = {"id": 1, "name": "O", "custom_fields": {"abc": "x"}, "address": {"country": "FR"}}
LEAD = {"id": "1", "title": "L", "value": {"amount": 5, "currency": "EUR"}}
PRODUCT = {"id": 1, "name": "P", "prices": [{"currency": "EUR", "price": 5}]}
LOG = {"deal_id": "1", "log": {"success": True, "data": [{"field_key": "stage_id", "time": STAMP}]}}
FIELD = {"field_code": "abc", "field_type": "enum", "options": [{"id": 1, "label": "one"}]}
TASK = {"Id": "00T1", "Subject": "call", "IsDeleted": False, "SystemModstamp": STAMP}

HUBSPOT = Plan(
    fields("dealname amount"), {"history": ("dealstage",), "associations": ("contacts",)}
)
CUSTOM = Plan(fields("abc"))
NONE = Plan()


class Form:
    """A page of a kind, as a vendor sends it."""

    def __init__(
        self,
        source: str,
        entity: str,
        kind: str,
        body: dict[str, Any],
        *,
        plan: Plan = NONE,
        asked: tuple[str, ...] = (),
        **context: str,
    ) -> None:
        self.source = SOURCES[source]
        self.entity = self.source.entity(entity)
        self.page = Page(kind, b"", 1, context=context, asked=asked)
        self.body = body
        self.plan = plan


FORMS = {
    "listed": Form(
        "hubspot", "deals", "listed", {"results": [DEAL]}, plan=HUBSPOT, from_type="deals"
    ),
    "batched": Form(
        "hubspot", "deals", "batched", {"results": [DEAL]}, plan=HUBSPOT, from_type="deals"
    ),
    "links": Form(
        "hubspot", "deals", "associations", {"results": [LINKS]}, plan=HUBSPOT, asked=("1",),
        from_type="deals", to_type="contacts",
    ),
    "pipelines": Form(
        "hubspot", "pipelines", "documents", {"results": [PIPELINE]}, object_type="deals"
    ),
    "owners": Form("hubspot", "owners", "documents", {"results": [OWNER]}),
    "persons": Form(
        "pipedrive", "persons", "listed", {"data": [PERSON]}, plan=CUSTOM, object_type="persons"
    ),
    "organizations": Form(
        "pipedrive", "organizations", "listed", {"data": [ORGANIZATION]}, plan=CUSTOM,
        object_type="organizations",
    ),
    "leads": Form("pipedrive", "leads", "listed", {"data": [LEAD]}),
    "products": Form("pipedrive", "products", "listed", {"data": [PRODUCT]}),
    "changes": Form("pipedrive", "deals", "changes", {"deals": [LOG]}, asked=("1",)),
    "sold": Form(
        "pipedrive", "deals", "deal_products", {"data": [{"id": 4, "deal_id": 1}]}, asked=("1",)
    ),
    "fields": Form("pipedrive", "fields", "listed", {"data": [FIELD]}, object_type="deals"),
    "tasks": Form(
        "salesforce", "tasks", "records", {"records": [TASK]}, plan=Plan(fields("Id Subject IsDeleted:boolean SystemModstamp:instant"))
    ),
    "deleted": Form(
        "salesforce", "tasks", "deleted",
        {"deletedRecords": [{"id": "00T1", "deletedDate": STAMP}]}, is_deleted="true",
    ),
}  # fmt: skip

_RECORD: Where = ("results", 0)
_DATA: Where = ("data", 0)
_HISTORY: Where = (*_RECORD, "propertiesWithHistory")
_LINKED: Where = (*_RECORD, "associations")

_OBJECT: tuple[Where, ...] = (
    ("results",),
    _RECORD,
    (*_RECORD, "properties"),
    _HISTORY,
    (*_HISTORY, "dealstage"),
    (*_HISTORY, "dealstage", 1),
)

WRONG: dict[str, tuple[Where, ...]] = {
    "listed": (
        *_OBJECT,
        _LINKED,
        (*_LINKED, "contacts"),
        (*_LINKED, "contacts", "results"),
        (*_LINKED, "contacts", "results", 0),
    ),
    "batched": _OBJECT,
    "links": (
        ("results",),
        _RECORD,
        (*_RECORD, "from"),
        (*_RECORD, "to"),
        (*_RECORD, "to", 0),
        (*_RECORD, "to", 0, "associationTypes"),
        (*_RECORD, "to", 0, "associationTypes", 0),
    ),
    "pipelines": (
        _RECORD,
        (*_RECORD, "stages"),
        (*_RECORD, "stages", 0),
        (*_RECORD, "stages", 0, "metadata"),
    ),
    "owners": (_RECORD, (*_RECORD, "teams"), (*_RECORD, "teams", 0)),
    "persons": (
        ("data",),
        _DATA,
        (*_DATA, "custom_fields"),
        (*_DATA, "emails"),
        (*_DATA, "emails", 0),
        (*_DATA, "phones"),
    ),
    "organizations": ((*_DATA, "custom_fields"), (*_DATA, "address")),
    "leads": ((*_DATA, "value"),),
    "products": ((*_DATA, "prices"), (*_DATA, "prices", 0)),
    "changes": (
        ("deals",),
        ("deals", 0),
        ("deals", 0, "log"),
        ("deals", 0, "log", "data"),
        ("deals", 0, "log", "data", 0),
    ),
    "sold": (("data",), _DATA),
    "fields": ((*_DATA, "options"), (*_DATA, "options", 0)),
    "tasks": (("records",), ("records", 0)),
    "deleted": (("deletedRecords",), ("deletedRecords", 0)),
}


def _part(body: Any, where: Where) -> Any:
    for step in where:
        body = body[step]
    return body


def _changed(body: dict[str, Any], where: Where, change: Callable[[Any], Any]) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    part = _part(changed, where[:-1])
    part[where[-1]] = change(part[where[-1]])
    return changed


class Raw:
    """A form's tables, with what one good page of it has brought."""

    def __init__(self, root: Path, connection: duckdb.DuckDBPyConnection, form: Form) -> None:
        self._root, self._connection, self._form = root, connection, form
        self._count = 0
        prepare_books(connection)
        prepare_tables(connection, form.source)
        self.load(form.body)

    def load(self, body: dict[str, Any]) -> None:
        self._count += 1
        form, page = self._form, self._form.page
        content = json.dumps(body).encode()
        at = START + timedelta(days=self._count)
        with Writer(self._root, f"{self._count:04d}") as writer:
            writer.add(Page(page.kind, content, 1, context=page.context, asked=page.asked))
            writer.finish(
                source=form.source.name, entity=form.entity.name, mode="incremental",
                window=Window(None, at), api_version="1", landed_at=at, plan=form.plan,
                requests=1, seconds=0.0,
            )  # fmt: skip
        load_folder(self._connection, form.source, self._root / f"{self._count:04d}")

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: self._connection.execute(
                f"select * from {self._form.source.schema}.{table.name} order by all"
            ).fetchall()
            for table in self._form.entity.tables
        }


@pytest.fixture
def raw(tmp_path: Path, name: str) -> Iterator[Raw]:
    with opened(tmp_path / "w.duckdb") as connection:
        yield Raw(tmp_path / "landing", connection, FORMS[name])


def _scalar(part: Any) -> Any:
    return "text"


def _turned(part: Any) -> Any:
    """An object for a list, a list for an object."""
    return {"0": part} if isinstance(part, list) else [part]


@pytest.mark.parametrize("name", FORMS)
def test_another_shape_is_refused_and_changes_nothing(raw: Raw, name: str) -> None:
    before = raw.contents()
    assert name == "deleted" or any(before.values())
    said = r"documented shape|could not be loaded|rows for \w+ without"
    for where in WRONG[name]:
        for change in (_scalar, _turned):
            refusal = _refusal(raw, _changed(FORMS[name].body, where, change))
            assert re.search(said, refusal), (where, change.__name__)
            assert raw.contents() == before, (where, change.__name__)


def _refusal(raw: Raw, body: dict[str, Any]) -> str:
    try:
        raw.load(body)
    except FatalError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", FORMS)
def test_nothing_in_place_of_a_part_is_no_other_shape(raw: Raw, name: str) -> None:
    """Vendors leave out what is empty, or send null."""
    for where in WRONG[name]:
        if isinstance(where[-1], str) and len(where) > 2 and where[-1] != "from":
            raw.load(_changed(FORMS[name].body, where, lambda part: None))
            body = copy.deepcopy(FORMS[name].body)
            del _part(body, where[:-1])[where[-1]]
            raw.load(body)
