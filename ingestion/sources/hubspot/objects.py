"""HubSpot's CRM objects: the full listing, the search for changes, the sweep.

A list takes properties, history and links in one request, so it serves the first load and, with
few properties, the sweep. A search only tells ids: details come by batch, which never meets the
limit on a request's length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingestion.engine.client import Answer, Check
from ingestion.engine.extract import batches
from ingestion.engine.paginate import follow
from ingestion.model import Entity, Field, Page, Plan, Pull, Table
from ingestion.sources.hubspot.connection import api_version
from ingestion.sources.hubspot.counts import counting, tally
from ingestion.sources.hubspot.identity import sensitive_remarks
from ingestion.sources.hubspot.properties import known
from ingestion.sources.hubspot.quota import ASSOCIATIONS as ASSOCIATION_CALLS
from ingestion.sources.hubspot.quota import CALLS
from ingestion.sources.hubspot.route import listing_is_cheaper
from ingestion.sources.hubspot.search import changed_ids
from ingestion.sources.hubspot.tables import (
    ASKED_ASSOCIATIONS,
    ASSOCIATIONS,
    BATCHED,
    INLINE_ASSOCIATIONS,
    LISTED,
    PROPERTY_HISTORY,
    TYPE_IDS,
    created,
    history_reading,
    object_reading,
    object_table,
)

PAGE = 100
PAGE_WITH_HISTORY = 50
ASSOCIATION_BATCH = 500  # up to 1,000 are allowed since 2025; older accounts were seen to refuse
BIN_DAYS = 90  # so long can a deleted record be restored, and be listed
LONGEST_URL = 15_000  # the edge answers 414 from about 16,200 on


@dataclass(frozen=True)
class Described:
    """What differs between objects. `api` is what the vendor's paths call it, if not so."""

    name: str
    links: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    modified: str = "hs_lastmodifieddate"
    watched_while: str | None = None
    summed: str | None = None
    bin_days: int | None = None
    api: str = ""

    @property
    def path(self) -> str:
        return self.api or self.name


DEAL_HISTORY = (
    "dealstage",
    "pipeline",
    "amount",
    "closedate",
    "hubspot_owner_id",
    "hs_manual_forecast_category",
)
_ACTIVITY_LINKS = ("contacts", "companies", "deals")

DESCRIBED = (
    Described("companies"),
    # Searching contacts by hs_lastmodifieddate is accepted and finds nothing.
    Described("contacts", ("companies",), modified="lastmodifieddate", bin_days=BIN_DAYS),
    Described(
        "deals",
        ("contacts", "companies"),
        DEAL_HISTORY,
        watched_while="hs_is_closed is distinct from true",
        summed="amount",
    ),
    Described("line_items", ("deals",)),
    Described("products"),
    Described("quotes", ("deals",)),
    Described("tickets", ("contacts", "companies"), ("hs_pipeline_stage",)),
    *(
        Described(name, _ACTIVITY_LINKS)
        for name in ("calls", "emails", "meetings", "tasks", "notes")
    ),
    Described("leads", ("contacts",)),
    Described("feedback_submissions", ("contacts", "tickets")),
    Described("goal_targets", history=("hs_target_amount",)),
)


def _plan(described: Described) -> Callable[[Pull], Plan]:
    def plan(pull: Pull) -> Plan:
        fields, absent = known(pull, described.path)
        present = {field.name for field in fields}
        history = tuple(name for name in described.history if name in present)
        if pull.mode == "sweep":
            kept = (described.summed, "hs_merged_object_ids")
            fields = tuple(field for field in fields if field.calculated or field.name in kept)
            return Plan(fields, {"associations": described.links})
        return Plan(fields, {"associations": described.links, "history": history}, absent=absent)

    return plan


def _extract(described: Described) -> Callable[[Pull, Plan], Iterator[Page]]:
    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        if pull.mode in ("full", "sweep"):
            tally(pull).begin(pull.window.end)
            for archived in (False, True):
                yield from _listed(pull, described, plan, archived=archived)
            return
        yield from _changed(pull, described, plan)
        gone = dict.fromkeys(pull.binned)
        yield from _listed(pull, described, plan, archived=True, missed=gone)
        # Restoring need not move a stamp: who is missing in the bin is live again, or purged.
        back = list(gone)
        yield from _details(pull, described, plan, back, archived=False)
        for target in described.links:
            yield from _links(pull, described, target, back)

    return extract


def _listed(
    pull: Pull,
    described: Described,
    plan: Plan,
    *,
    archived: bool,
    missed: dict[str, None] | None = None,
) -> Iterator[Page]:
    """All records, live or archived, with links; in two steps when the properties are too many.

    Whom the list shows is taken out of `missed`.
    """
    history = plan.stars.get("history", ())
    path = _list_path(pull, described, plan.fields, history)
    is_short = len(path) < LONGEST_URL
    if not is_short:
        path = _list_path(pull, described, (), ())
    if archived:
        path += "&archived=true"
    unclear: dict[str, dict[str, None]] = {target: {} for target in described.links}
    ids: list[str] = []
    for answer in _pages(pull, path):
        records = answer.json["results"]
        for record in records:
            _note_unclear(record, unclear)
            if missed:
                missed.pop(record["id"], None)
        if is_short and described.summed and not archived:
            tally(pull).add(records, described.summed)
        if is_short:
            yield Page(
                LISTED,
                answer.body,
                len(records),
                context={"from_type": described.name},
                request=answer.request,
            )
        else:
            ids += [record["id"] for record in records]
    if not is_short:
        yield from _details(pull, described, plan, ids, archived=archived)
        if not archived:
            for target in described.links:
                yield from _links(pull, described, target, ids)
        return
    for target, unclear_ids in unclear.items():
        yield from _links(pull, described, target, list(unclear_ids))


def _changed(pull: Pull, described: Described, plan: Plan) -> Iterator[Page]:
    """Records whose modified date lies in the window; all links of theirs and of the watched."""
    history = plan.stars.get("history", ())
    is_short = len(_list_path(pull, described, plan.fields, history)) < LONGEST_URL

    def is_too_many(changed: int) -> bool:
        return is_short and listing_is_cheaper(
            pull,
            described.path,
            changed,
            page=PAGE_WITH_HISTORY if history else PAGE,
            link_kinds=len(described.links),
            link_page=ASSOCIATION_BATCH,
        )

    ids = changed_ids(pull, described.path, described.modified, is_too_many=is_too_many)
    if ids is None:
        yield from _listed(pull, described, plan, archived=False)
        return
    yield from _details(pull, described, plan, ids, archived=False)
    linked = list(dict.fromkeys([*ids, *pull.watched]))
    for target in described.links:
        yield from _links(pull, described, target, linked)


def _details(
    pull: Pull, described: Described, plan: Plan, ids: Sequence[str], *, archived: bool
) -> Iterator[Page]:
    version = api_version(pull.settings)
    history = plan.stars.get("history", ())
    path = f"/crm/objects/{version}/{described.path}/batch/read"
    for batch in batches(ids, PAGE_WITH_HISTORY if history else PAGE):
        body: dict[str, Any] = {
            "inputs": [{"id": record_id} for record_id in batch],
            "properties": [field.name for field in plan.fields],
        }
        if history:
            body["propertiesWithHistory"] = list(history)
        answer = pull.client.post(
            path + ("?archived=true" if archived else ""),
            body,
            groups=(CALLS,),
            check=_answers(batch),
        )
        if described.summed and not archived:
            tally(pull).add(answer.json["results"], described.summed)
        yield Page(
            BATCHED,
            answer.body,
            len(answer.json["results"]),
            context={"from_type": described.name},
            request=answer.request,
        )


def _links(pull: Pull, described: Described, target: str, ids: Sequence[str]) -> Iterator[Page]:
    """All links of these records to one object. Silence about a record means it has none."""
    version = api_version(pull.settings)
    for batch in batches(ids, ASSOCIATION_BATCH):
        inputs: list[dict[str, str]] = [{"id": record_id} for record_id in batch]
        while inputs:
            answer = pull.client.post(
                f"/crm/associations/{version}/{described.path}/{target}/batch/read",
                {"inputs": inputs},
                groups=(ASSOCIATION_CALLS,),
                check=_answers(batch),
            )
            results = answer.json["results"]
            yield Page(
                "associations",
                answer.body,
                sum(len(result["to"]) for result in results),
                context={"from_type": described.name, "to_type": target},
                asked=tuple(item["id"] for item in inputs),
                request=answer.request,
            )
            inputs = [
                {"id": str(result["from"]["id"]), "after": str(result["paging"]["next"]["after"])}
                for result in results
                if (result.get("paging") or {}).get("next")
            ]


def _answers(asked: Sequence[str]) -> Check:
    """Whether a batch speaks of what was asked. Single ids may differ: merged ones answer as others."""
    ids = set(asked)

    def check(answer: Answer) -> bool:
        results = answer.json["results"]
        found = {str(result.get("id") or result["from"]["id"]) for result in results}
        return not found or not ids.isdisjoint(found)

    return check


def _note_unclear(record: Mapping[str, Any], unclear: Mapping[str, dict[str, None]]) -> None:
    """Remember whose links of a kind a list does not tell in full or does not name clearly."""
    for name, links in (record.get("associations") or {}).items():
        is_clear = not links.get("paging")
        for link in links["results"]:
            is_clear = is_clear and link.get("type") in TYPE_IDS
        target = name if is_clear else str(name).replace(" ", "_")
        if not is_clear and target in unclear:
            unclear[target][record["id"]] = None


def _list_path(
    pull: Pull, described: Described, fields: Sequence[Field], history: Sequence[str]
) -> str:
    # Built by hand: encoded commas would make a long list three times as long.
    names = ",".join(field.name for field in fields) or "hs_object_id"
    limit = PAGE_WITH_HISTORY if history else PAGE
    path = f"/crm/objects/{api_version(pull.settings)}/{described.path}?limit={limit}"
    path += f"&properties={names}"
    if history:
        path += f"&propertiesWithHistory={','.join(history)}"
    if described.links:
        path += f"&associations={','.join(described.links)}"
    return path


def _pages(pull: Pull, path: str) -> Iterator[Answer]:
    return follow(
        lambda after, check: pull.client.get(
            path if after is None else f"{path}&after={after}", groups=(CALLS,), check=check
        ),
        next_after,
    )


def next_after(answer: Answer) -> str | None:
    following = (answer.json.get("paging") or {}).get("next") or {}
    after = following.get("after")
    return None if after is None else str(after)


def described_entity(described: Described) -> Entity:
    tables: list[Table] = [object_table(described.name)]
    readings = [object_reading(described.name, kind) for kind in (LISTED, BATCHED)]
    if described.history:
        tables.append(PROPERTY_HISTORY)
        readings += [history_reading(kind) for kind in (LISTED, BATCHED)]
    if described.links:
        tables.append(ASSOCIATIONS)
        readings += [INLINE_ASSOCIATIONS, ASKED_ASSOCIATIONS]
    return Entity(
        name=described.name,
        tables=tuple(tables),
        readings=tuple(readings),
        plan=_plan(described),
        extract=_extract(described),
        watched_while=described.watched_while,
        bin_days=described.bin_days,
        remarks=sensitive_remarks,
        count=counting(
            described.path, created(described.name), described.modified, described.summed
        ),
    )


OBJECTS = tuple(described_entity(described) for described in DESCRIBED)
