"""Salesforce's objects: describe, the choice between REST and Bulk, the windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError, SkippableError
from ingestion.engine.extract import batches, halving
from ingestion.engine.paginate import follow
from ingestion.engine.settings import positive
from ingestion.model import Entity, Field, FieldType, Page, Plan, Pull, Window
from ingestion.sources.salesforce.bulk import bulk_pages
from ingestion.sources.salesforce.connection import api_version, data_path
from ingestion.sources.salesforce.tables import DESCRIBED, Described, reading, table

# Above, some hundred REST pages cost more calls and time than a Bulk job.
BULK_FROM_ROWS = 20_000
# The vendor's limit of 16,384 bytes holds for the address and the headers together.
LONGEST_URL = 14_000
DESCRIBES_PER_CALL = 25

_TYPES: Mapping[str, FieldType] = {
    "boolean": "boolean",
    "int": "integer",
    "long": "integer",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "date": "date",
    "datetime": "instant",
}
_COMPOUND = frozenset({"address", "location"})
_NOT_READ = frozenset({"base64", "complexvalue"})  # a URL or nothing instead of data
_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
_REST_ONLY = ("INVALIDENTITY", "FEATURENOTENABLED")


def describe(pull: Pull, name: str) -> Mapping[str, Any]:
    """The object's describe; all of the source's objects are asked for in one go per run."""
    found = pull.cache.get("describes", lambda: _describes(pull))
    if name not in found:
        raise SkippableError(f"the org has no object {name}, or the user may not see it")
    return found[name]


def _describes(pull: Pull) -> dict[str, Mapping[str, Any]]:
    names = [described.object for described in DESCRIBED.values()]
    version = api_version(pull.settings)
    found: dict[str, Mapping[str, Any]] = {}
    for batch in batches(names, DESCRIBES_PER_CALL):
        answer = pull.client.post(
            f"{data_path(pull.settings)}/composite/batch",
            {
                "haltOnError": False,
                "batchRequests": [
                    {"method": "GET", "url": f"v{version}/sobjects/{name}/describe"}
                    for name in batch
                ],
            },
        )
        for name, result in zip(batch, answer.json["results"], strict=True):
            if result["statusCode"] == 200 and result["result"].get("queryable", True):
                found[name] = result["result"]
            elif result["statusCode"] not in (200, 400, 403, 404):
                raise FatalError(f"describe of {name}: status {result['statusCode']}")
    return found


def fields_of(document: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields of a describe, in its order.

    Formulas change in silence, and so do others that nobody can write (LastActivityDate). Where
    nothing can be written at all, as in histories, nothing changes either.
    """
    has_writable = any(item.get("updateable") for item in document["fields"])
    return tuple(
        Field(
            item["name"],
            _TYPES.get(item["type"], "text"),
            calculated=bool(item.get("calculated"))
            or (has_writable and not item.get("updateable") and not item.get("createable")),
        )
        for item in document["fields"]
        if item["type"] not in _NOT_READ
    )


def _plan(described: Described) -> Callable[[Pull], Plan]:
    def plan(pull: Pull) -> Plan:
        fields = fields_of(describe(pull, described.object))
        if pull.mode != "sweep":
            return Plan(fields)
        # What may have changed in silence: the marks and the formulas.
        kept = ("Id", "IsDeleted", "MasterRecordId", *_STAMPS)
        return Plan(tuple(f for f in fields if f.calculated or f.name in kept))

    return plan


def _extract(described: Described) -> Callable[[Pull, Plan], Iterator[Page]]:
    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        stamp = _stamp(plan.fields)
        if described.whole or stamp is None:
            yield from _rest(pull, _soql(described, plan.fields, ""))
            return
        yield from halving(pull.window, lambda window: _window(pull, described, plan, window))

    return extract


def _window(pull: Pull, described: Described, plan: Plan, window: Window) -> Iterator[Page]:
    stamp = _stamp(plan.fields)
    where = f" WHERE {stamp} <= {_literal(window.end)}"
    if window.start is not None:
        where += f" AND {stamp} >= {_literal(window.start)}"
    soql = _soql(described, plan.fields, f"{where} ORDER BY {stamp}, Id")
    is_long = len(_query_path(pull, soql)) > LONGEST_URL
    # The first page tells how many rows there are: nothing needs to be counted beforehand.
    answers = _answers(pull, soql)
    first = None if is_long else next(answers)
    if first is None or int(first.json["totalSize"]) >= _bulk_from(pull):
        compound = _compound(describe(pull, described.object))
        simple = [field for field in plan.fields if field.name not in compound]
        try:
            yield from bulk_pages(
                pull.client, data_path(pull.settings), _soql(described, simple, where)
            )
            return
        except FatalError as error:
            if first is None or not any(code in str(error) for code in _REST_ONLY):
                raise
    yield _page(first)
    for answer in answers:
        yield _page(answer)


def _rest(pull: Pull, soql: str) -> Iterator[Page]:
    for answer in _answers(pull, soql):
        yield _page(answer)


def _answers(pull: Pull, soql: str) -> Iterator[Answer]:
    return follow(
        lambda path, check: pull.client.get(path or _query_path(pull, soql), check=check),
        lambda answer: answer.json.get("nextRecordsUrl"),
    )


def _page(answer: Answer) -> Page:
    return Page("records", answer.body, len(answer.json["records"]))


def _soql(described: Described, fields: Sequence[Field], rest: str) -> str:
    return f"SELECT {','.join(field.name for field in fields)} FROM {described.object}{rest}"


def _query_path(pull: Pull, soql: str) -> str:
    return f"{data_path(pull.settings)}/queryAll?q={quote(soql, safe=',*()<>=:')}"


def _stamp(fields: Sequence[Field]) -> str | None:
    names = {field.name for field in fields}
    return next((stamp for stamp in _STAMPS if stamp in names), None)


def _compound(document: Mapping[str, Any]) -> set[str]:
    return {item["name"] for item in document["fields"] if item["type"] in _COMPOUND}


def _bulk_from(pull: Pull) -> int:
    return positive(pull.settings, "SALESFORCE_BULK_FROM_ROWS", BULK_FROM_ROWS)


def _literal(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entity(name: str, described: Described) -> Entity:
    return Entity(
        name=name,
        tables=(table(name, described),),
        readings=(reading(name),),
        plan=_plan(described),
        extract=_extract(described),
        whole=described.whole,
    )


OBJECTS = tuple(_entity(name, described) for name, described in DESCRIBED.items())
