"""A portal's settings: few and without a change stamp to search by, so read whole each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from ingestion.engine.client import Answer
from ingestion.engine.errors import SkippableError
from ingestion.engine.fields import fields
from ingestion.engine.paginate import follow
from ingestion.engine.parse import CONTEXT
from ingestion.model import Entity, Field, Page, Plan, Pull, Reading, Table, Value
from ingestion.sources.hubspot.connection import account_path, api_version
from ingestion.sources.hubspot.objects import DESCRIBED, next_after
from ingestion.sources.hubspot.properties import archived_definitions, definitions, sensitive
from ingestion.sources.hubspot.quota import CALLS

OWNER_PAGE = 100
WITH_PIPELINES = ("deals", "tickets", "leads")

_STAMPS = "createdAt:instant updatedAt:instant"
_ACCOUNT = fields(
    "portalId:integer accountType timeZone companyCurrency additionalCurrencies utcOffset "
    "utcOffsetMilliseconds:integer uiDomain dataHostingLocation"
)
_OWNER = fields(
    "id email type firstName lastName userId:integer userIdIncludingInactive:integer "
    f"{_STAMPS} archived:boolean teams"
)
_OWNER_TEAM = fields("owner_id team_id team_name is_primary:boolean")
_TEAM = fields("id name parentTeamId userIds secondaryUserIds")
_PIPELINE = fields(f"object_type id label displayOrder:integer archived:boolean {_STAMPS}")
_STAGE = fields(
    "object_type pipeline_id id label displayOrder:integer probability:number isClosed:boolean "
    f"ticketState archived:boolean {_STAMPS}"
)
_PROPERTY = fields(
    "object_type name label type fieldType groupName description calculated:boolean "
    f"calculationFormula hasUniqueValue:boolean hidden:boolean hubspotDefined:boolean "
    f"referencedObjectType dataSensitivity options archived:boolean archivedAt:instant {_STAMPS}"
)
_RATE = fields(
    "id fromCurrencyCode toCurrencyCode conversionRate:number effectiveAt:instant "
    f"{_STAMPS} visibleInUI:boolean"
)
_CAMPAIGN_PROPERTIES = fields(
    "hs_name hs_start_date:date hs_end_date:date hs_campaign_status hs_utm "
    "hs_budget_items_sum_amount:number hs_spend_items_sum_amount:number hs_currency_code hs_owner "
    "hs_audience hs_goal hs_notes hs_created_by_user_id"
)
_CAMPAIGN = fields(f"id {_STAMPS}")


def _flat(
    table: Table, columns: tuple[Field, ...], path: str = "results[]", **special: Value
) -> Reading:
    """A reading in which a column stands under its own name unless said otherwise."""
    depth = max(path.count("[]") - 1, 0)
    values = {field.name: Value(depth, (field.name,)) for field in columns}
    return Reading(kind=_KIND, table=table.name, path=path, values=values | special)


_KIND = "documents"
_OBJECT_TYPE = Value(CONTEXT, ("object_type",))

ACCOUNT_INFO = Table("account_info", ("portalId",), _ACCOUNT)
OWNERS = Table("owners", ("id",), _OWNER, changed_at=("updatedAt",))
OWNER_TEAMS = Table("owner_teams", ("owner_id", "team_id"), _OWNER_TEAM, parent=("owner_id",))
TEAMS = Table("teams", ("id",), _TEAM)
PIPELINES = Table(
    "pipelines",
    ("object_type", "id"),
    _PIPELINE,
    changed_at=("updatedAt",),
    scope=("object_type",),
)
STAGES = Table(
    "pipeline_stages",
    ("object_type", "pipeline_id", "id"),
    _STAGE,
    changed_at=("updatedAt",),
    scope=("object_type",),
)
PROPERTIES = Table(
    "properties",
    ("object_type", "name"),
    _PROPERTY,
    changed_at=("updatedAt",),
    deleted="archived",
    deleted_at=("archivedAt",),
    scope=("object_type",),
)
EXCHANGE_RATES = Table("exchange_rates", ("id",), _RATE, changed_at=("updatedAt",))
CAMPAIGNS = Table(
    "campaigns",
    ("id",),
    (
        _CAMPAIGN[0],
        *_CAMPAIGN_PROPERTIES,
        *_CAMPAIGN[1:],
        *fields("archived:boolean archivedAt:instant"),
    ),
    changed_at=("updatedAt",),
)


def _no_plan(pull: Pull) -> Plan:
    return Plan()


def _account(pull: Pull, plan: Plan) -> Iterator[Page]:
    answer = pull.client.get(account_path(api_version(pull.settings)), groups=(CALLS,))
    yield Page(_KIND, answer.body, 1)


def _owners(pull: Pull, plan: Plan) -> Iterator[Page]:
    # Deals of people who have left keep their owner only if the archived ones are read as well.
    for archived in ("false", "true"):
        path = f"/crm/owners/{api_version(pull.settings)}?limit={OWNER_PAGE}&archived={archived}"
        yield from _paged(pull, path)


def _teams(pull: Pull, plan: Plan) -> Iterator[Page]:
    yield from _paged(pull, f"/settings/users/{api_version(pull.settings)}/teams")


def _exchange_rates(pull: Pull, plan: Plan) -> Iterator[Page]:
    version = api_version(pull.settings)
    yield from _paged(pull, f"/settings/currencies/{version}/exchange-rates?limit=100")


def _campaigns(pull: Pull, plan: Plan) -> Iterator[Page]:
    names = ",".join(field.name for field in plan.fields)
    version = api_version(pull.settings)
    yield from _paged(pull, f"/marketing/campaigns/{version}?limit=100&properties={names}")


def _pipelines(pull: Pull, plan: Plan) -> Iterator[Page]:
    yield from _by_object(WITH_PIPELINES, lambda name: _pipelines_of(pull, name))


def _pipelines_of(pull: Pull, name: str) -> Answer:
    path = f"/crm/pipelines/{api_version(pull.settings)}/{name}"
    return pull.client.get(path, groups=(CALLS,))


def _properties(pull: Pull, plan: Plan) -> Iterator[Page]:
    """Definitions in use, in the bin, and of the higher levels; all but the first are extras."""
    names = [described.name for described in DESCRIBED]
    yield from _by_object(names, lambda name: definitions(pull, name))
    for name in names:
        extras = list(sensitive(pull, name))
        with suppress(SkippableError):
            extras.append(archived_definitions(pull, name))
        for answer in extras:
            count = len(answer.json["results"])
            yield Page(_KIND, answer.body, count, context={"object_type": name})


def _by_object(names: Sequence[str], fetch: Callable[[str], Answer]) -> Iterator[Page]:
    """A document per object type; types that may not be read are left as they are in raw."""
    refused: SkippableError | None = None
    is_any_read = False
    for name in names:
        try:
            answer = fetch(name)
        except SkippableError as error:
            refused = error
            continue
        is_any_read = True
        count = len(answer.json["results"])
        yield Page(_KIND, answer.body, count, context={"object_type": name})
    if not is_any_read and refused is not None:
        raise refused


def _unread(
    names: Sequence[str], fetch: Callable[[Pull, str], Answer]
) -> Callable[[Pull], tuple[str, ...]]:
    """The object types that a pull leaves out while it reads the others, and why."""

    def remarks(pull: Pull) -> tuple[str, ...]:
        said: list[str] = []
        for name in names:
            try:
                fetch(pull, name)
            except SkippableError as error:
                said.append(f"without those of {name}: {str(error).partition(': ')[2]}")
        return tuple(said)

    return remarks


def _paged(pull: Pull, path: str) -> Iterator[Page]:
    joint = "&" if "?" in path else "?"
    for answer in follow(
        lambda after, check: pull.client.get(
            path if after is None else f"{path}{joint}after={after}", groups=(CALLS,), check=check
        ),
        next_after,
    ):
        yield Page(_KIND, answer.body, len(answer.json["results"]))


def _entity(
    name: str,
    tables: tuple[Table, ...],
    readings: tuple[Reading, ...],
    extract: Callable[[Pull, Plan], Iterator[Page]],
    plan: Callable[[Pull], Plan] = _no_plan,
    *,
    remarks: Callable[[Pull], tuple[str, ...]] | None = None,
) -> Entity:
    return Entity(name, tables, readings, plan, extract, whole=True, remarks=remarks)


def _metadata(*names: str) -> Mapping[str, Value]:
    return {name: Value(1, ("metadata", name)) for name in names}


DOCUMENTS = (
    _entity("account_info", (ACCOUNT_INFO,), (_flat(ACCOUNT_INFO, _ACCOUNT, ""),), _account),
    _entity(
        "owners",
        (OWNERS, OWNER_TEAMS),
        (
            _flat(OWNERS, _OWNER, teams=Value(0, ("teams",), is_list=True)),
            Reading(
                kind=_KIND,
                table="owner_teams",
                path="results[].teams[]",
                values={
                    "owner_id": Value(0, ("id",)),
                    "team_id": Value(1, ("id",)),
                    "team_name": Value(1, ("name",)),
                    "is_primary": Value(1, ("primary",)),
                },
            ),
        ),
        _owners,
    ),
    _entity("teams", (TEAMS,), (_flat(TEAMS, _TEAM),), _teams),
    _entity(
        "pipelines",
        (PIPELINES, STAGES),
        (
            _flat(PIPELINES, _PIPELINE, object_type=_OBJECT_TYPE),
            _flat(
                STAGES,
                _STAGE,
                "results[].stages[]",
                object_type=_OBJECT_TYPE,
                pipeline_id=Value(0, ("id",)),
                **_metadata("probability", "isClosed", "ticketState"),
            ),
        ),
        _pipelines,
        remarks=_unread(WITH_PIPELINES, _pipelines_of),
    ),
    _entity(
        "properties",
        (PROPERTIES,),
        (_flat(PROPERTIES, _PROPERTY, object_type=_OBJECT_TYPE),),
        _properties,
        remarks=_unread([described.name for described in DESCRIBED], definitions),
    ),
    _entity("exchange_rates", (EXCHANGE_RATES,), (_flat(EXCHANGE_RATES, _RATE),), _exchange_rates),
    _entity(
        "campaigns",
        (CAMPAIGNS,),
        (
            Reading(
                kind=_KIND,
                table="campaigns",
                path="results[]",
                values={field.name: Value(0, (field.name,)) for field in _CAMPAIGN},
                fields_at=("properties",),
            ),
        ),
        _campaigns,
        lambda pull: Plan(_CAMPAIGN_PROPERTIES),
    ),
)
