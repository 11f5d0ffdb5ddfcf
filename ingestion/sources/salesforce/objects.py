"""Salesforce's objects: describe, the choice between REST and Bulk, the windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any
from urllib.parse import quote

from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError, RestartError, SkippableError
from ingestion.engine.extract import batches, halving
from ingestion.engine.paginate import follow
from ingestion.engine.settings import positive
from ingestion.model import Entity, Field, FieldType, Page, Plan, Pull, Window
from ingestion.sources.salesforce import deleted
from ingestion.sources.salesforce.bulk import RESULT_ROWS, bulk_pages
from ingestion.sources.salesforce.connection import api_version, data_path
from ingestion.sources.salesforce.counts import counting
from ingestion.sources.salesforce.quota import CALLS
from ingestion.sources.salesforce.tables import (
    DESCRIBED,
    Described,
    is_personal,
    reading,
    table,
    versions_table,
)

# To create a Bulk job, to ask after it and to remove it.
JOB_CALLS = 9
_BULK_FROM = "SALESFORCE_BULK_FROM_ROWS"
# The vendor's limit of 16,384 bytes holds for the address and the headers together.
LONGEST_URL = 14_000
DESCRIBES_PER_CALL = 25
BIN_DAYS = 15

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
    if name.endswith("__c"):
        return pull.cache.get(f"describe:{name}", lambda: _describe_one(pull, name))
    found = pull.cache.get("describes", lambda: _describes(pull))
    if name not in found:
        raise SkippableError(f"the org has no object {name}, or the user may not see it")
    return found[name]


def _describe_one(pull: Pull, name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = pull.client.get(
        f"{data_path(pull.settings)}/sobjects/{name}/describe", groups=(CALLS,)
    ).json
    return document


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
            groups=(CALLS,),
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
            personal=is_personal(str(document.get("name", "")), item),
            label=str(item.get("label") or ""),
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
            if len(_query_path(pull, _soql(described, plan.fields, ""))) > LONGEST_URL:
                yield from _bulk(pull, described, plan, "")
                return
            yield from _rest(pull, _soql(described, plan.fields, ""))
            return
        yield from halving(pull.window, lambda window: _window(pull, described, plan, window))
        yield from deleted.pages(pull, describe(pull, described.object))

    return extract


def _window(pull: Pull, described: Described, plan: Plan, window: Window) -> Iterator[Page]:
    stamp = _stamp(plan.fields)
    bounds = []
    # A complete listing has no end: what is changed while it runs would be in none of its windows,
    # and be taken for gone.
    if pull.mode not in ("full", "sweep") or window.end < pull.window.end:
        bounds.append(f"{stamp} <= {_literal(window.end)}")
    if window.start is not None:
        bounds.append(f"{stamp} >= {_literal(window.start)}")
    where = f" WHERE {' AND '.join(bounds)}" if bounds else ""
    soql = _soql(described, plan.fields, f"{where} ORDER BY {stamp}, Id")
    is_long = len(_query_path(pull, soql)) > LONGEST_URL
    # The first page tells how many rows there are: nothing needs to be counted beforehand.
    answers = _answers(pull, soql)
    first = None if is_long else next(answers)
    if first is None or _bulk_is_cheaper(pull, first):
        try:
            yield from _bulk(pull, described, plan, where)
            return
        except FatalError as error:
            if first is None or not any(code in str(error) for code in _REST_ONLY):
                raise
    yield _page(first)
    for answer in answers:
        yield _page(answer)


def _bulk(pull: Pull, described: Described, plan: Plan, where: str) -> Iterator[Page]:
    compound = _compound(describe(pull, described.object))
    simple = [field for field in plan.fields if field.name not in compound]
    yield from bulk_pages(pull.client, data_path(pull.settings), _soql(described, simple, where))


def _rest(pull: Pull, soql: str) -> Iterator[Page]:
    for answer in _answers(pull, soql):
        yield _page(answer)


def _answers(pull: Pull, soql: str) -> Iterator[Answer]:
    """All pages of a query; RestartError when they do not add up to the number that each of them
    states. A list of changes that misses a page would be found out by no count."""
    rows = 0
    totals: set[int] = set()
    for answer in follow(
        lambda path, check: pull.client.get(
            path or _query_path(pull, soql), groups=(CALLS,), check=check
        ),
        lambda answer: answer.json.get("nextRecordsUrl"),
    ):
        rows += len(answer.json["records"])
        totals.add(int(answer.json["totalSize"]))
        yield answer
    if len(totals) == 1 and rows < max(totals):
        raise RestartError(
            f"{pull.entity.name}: {rows} of the {max(totals)} rows of the query came"
        )


def _page(answer: Answer) -> Page:
    return Page("records", answer.body, len(answer.json["records"]), request=answer.request)


def _soql(described: Described, fields: Sequence[Field], rest: str) -> str:
    return f"SELECT {','.join(field.name for field in fields)} FROM {described.object}{rest}"


def _query_path(pull: Pull, soql: str) -> str:
    return f"{data_path(pull.settings)}/queryAll?q={quote(soql, safe=',*()<>=:')}"


def _stamp(fields: Sequence[Field]) -> str | None:
    names = {field.name for field in fields}
    return next((stamp for stamp in _STAMPS if stamp in names), None)


def _compound(document: Mapping[str, Any]) -> set[str]:
    return {item["name"] for item in document["fields"] if item["type"] in _COMPOUND}


def _bulk_is_cheaper(pull: Pull, first: Answer) -> bool:
    """Whether a job takes fewer calls than the pages that would follow; these hold 200 to 2,000
    rows, as wide as they are."""
    rows, here = int(first.json["totalSize"]), len(first.json["records"])
    if pull.settings.get(_BULK_FROM):
        return rows >= positive(pull.settings, _BULK_FROM, 1)
    return here > 0 and ceil(rows / here) - 1 > JOB_CALLS + ceil(rows / RESULT_ROWS)


def _literal(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def described_entity(name: str, described: Described) -> Entity:
    described_table = table(name, described)
    readings = [reading(name)]
    if described_table.deleted is not None and not described.whole:
        readings.append(deleted.reading(name, described_table.changed_at))
    beside = (versions_table(described_table),) if described.keeps_versions else ()
    return Entity(
        name=name,
        tables=(described_table, *beside),
        readings=tuple(readings),
        plan=_plan(described),
        extract=_extract(described),
        whole=described.whole,
        count=counting(described.object, describe, described.summed),
        bin_days=BIN_DAYS if described.is_person else None,
    )


OBJECTS = tuple(described_entity(name, described) for name, described in DESCRIBED.items())
