"""Everything of Pipedrive's but deals: what is searched by change, what is read whole each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ingestion.engine.client import Answer
from ingestion.engine.errors import SkippableError
from ingestion.model import Entity, Field, FieldType, Page, Plan, Pull, Reading, Table
from ingestion.sources.pipedrive.lists import (
    PAGE,
    answers,
    by_start,
    changed_in,
    page,
    rows,
    whole,
)
from ingestion.sources.pipedrive.tables import (
    FIELD_OPTIONS,
    FIELD_READINGS,
    FIELDS,
    LISTED,
    PERSON_EMAILS,
    PERSON_PHONES,
    PRODUCT_PRICES,
    reading,
    table,
)

# The objects that have fields of people's own, and where those are described.
FIELD_PATHS = {
    "deals": "dealFields",
    "persons": "personFields",
    "organizations": "organizationFields",
    "products": "productFields",
    "activities": "activityFields",
}
_TYPES: Mapping[str, FieldType] = {"int": "integer", "double": "number", "date": "date"}
_PERSONAL = ("phone", "address")
# In records of people and of what was said, free text may hold anything.
_OF_PEOPLE = ("persons", "leads", "activities")
_FREE = ("varchar", "varchar_auto", "text")


def definitions(pull: Pull, name: str) -> list[Answer]:
    """The field definitions of an object, once per run."""
    path = f"/api/v2/{FIELD_PATHS[name]}?limit={PAGE}"
    return pull.cache.get(f"fields:{name}", lambda: list(answers(pull, path)))


def custom_fields(pull: Pull, name: str) -> tuple[Field, ...]:
    return tuple(
        field_of(item, name)
        for answer in definitions(pull, name)
        for item in rows(answer)
        if item["is_custom_field"]
    )


def field_of(item: Mapping[str, Any], name: str = "") -> Field:
    """Money, ranges and lists of options are JSON in a column of text."""
    kind = str(item.get("field_type"))
    return Field(
        item["field_code"],
        _TYPES.get(kind, "text"),
        personal=kind in _PERSONAL or (kind in _FREE and name in _OF_PEOPLE),
        label=str(item.get("field_name") or ""),
    )


Part = tuple[Table, Reading]


def _changing(name: str, *parts: Part, has_custom: bool) -> Entity:
    """What is gone is in no list and in no other place: the sweep finds it."""

    def plan(pull: Pull) -> Plan:
        return Plan(custom_fields(pull, name) if has_custom else ())

    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        path = f"/api/v2/{name}?limit={PAGE}"
        is_all = pull.mode in ("full", "sweep")
        path += "&sort_by=id&sort_direction=asc" if is_all else changed_in(pull.window)
        for answer in answers(pull, path):
            yield page(LISTED, answer, object_type=name)

    return _entity(name, parts, plan, extract, has_custom=has_custom)


def _persons() -> Entity:
    """A deleted person is in no list, so one who is missing may just as well be merged or erased."""
    persons = _changing("persons", PERSON_EMAILS, PERSON_PHONES, has_custom=True)
    said = "who was erased in Pipedrive is not told apart from who was deleted: use `erase`"
    return replace(persons, bin_days=0, remarks=lambda pull: (said,))


def _whole(name: str, fetch: Callable[[Pull], Iterator[Answer]], *parts: Part) -> Entity:
    """Few, or without a way to ask for changes."""

    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        for answer in fetch(pull):
            yield page(LISTED, answer)

    return _entity(name, parts, lambda pull: Plan(), extract, is_whole=True)


def _entity(
    name: str,
    parts: tuple[Part, ...],
    plan: Callable[[Pull], Plan],
    extract: Callable[[Pull, Plan], Iterator[Page]],
    *,
    has_custom: bool = False,
    is_whole: bool = False,
) -> Entity:
    """`parts` are tables of what stands in lists inside the records."""
    return Entity(
        name=name,
        tables=(table(name), *(part for part, _ in parts)),
        readings=(reading(name, has_custom=has_custom), *(read for _, read in parts)),
        plan=plan,
        extract=extract,
        whole=is_whole,
    )


def _fields(pull: Pull, plan: Plan) -> Iterator[Page]:
    """A list per object; those that may not be read are left as they are in raw."""
    refused: SkippableError | None = None
    is_any_read = False
    for name in FIELD_PATHS:
        try:
            found = definitions(pull, name)
        except SkippableError as error:
            refused = error
            continue
        is_any_read = True
        for answer in found:
            yield page(LISTED, answer, object_type=name)
    if not is_any_read and refused is not None:
        raise refused


def _unread_fields(pull: Pull) -> tuple[str, ...]:
    """The objects that a pull leaves out while it reads the others, and why."""
    said: list[str] = []
    for name in FIELD_PATHS:
        try:
            definitions(pull, name)
        except SkippableError as error:
            said.append(f"without those of {name}: {str(error).partition(': ')[2]}")
    return tuple(said)


def _by_cursor(name: str, *parts: Part) -> Entity:
    return _whole(name, lambda pull: answers(pull, f"/api/v2/{name}?limit={PAGE}"), *parts)


OBJECTS = (
    _whole("users", lambda pull: whole(pull, "/v1/users")),
    _whole("currencies", lambda pull: whole(pull, "/v1/currencies")),
    _by_cursor("pipelines"),
    _by_cursor("stages"),
    _by_cursor("products", PRODUCT_PRICES),
    _whole("leads", lambda pull: by_start(pull, f"/v1/leads?limit={PAGE}")),
    Entity(
        "fields",
        (FIELDS, FIELD_OPTIONS),
        FIELD_READINGS,
        lambda pull: Plan(),
        _fields,
        whole=True,
        remarks=_unread_fields,
    ),
    _changing("organizations", has_custom=True),
    _persons(),
    _changing("activities", has_custom=False),
)
