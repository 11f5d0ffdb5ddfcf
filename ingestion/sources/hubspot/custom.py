"""A portal's own objects: found from its schemas, read like any other object, with links to deals,
contacts and companies.

Entity, raw table and `from_type` of links are `custom_<name>`, from which the paths' `p_<name>`
follows: a landing can be loaded without the API. All are read, since a portal has at most a few;
`HUBSPOT_CUSTOM_OBJECTS` says `none` or names those wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ingestion.engine.errors import FatalError, SkippableError
from ingestion.engine.settings import chosen
from ingestion.model import Entity, Page, Plan, Pull
from ingestion.sources.hubspot.connection import api_version
from ingestion.sources.hubspot.objects import Described, described_entity
from ingestion.sources.hubspot.properties import OWN
from ingestion.sources.hubspot.quota import CALLS

PREFIX = "custom_"
WANTED = "HUBSPOT_CUSTOM_OBJECTS"
_TYPE_IDS = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}


def discover(pull: Pull) -> tuple[str, ...]:
    """The entities of the objects that the portal has and the settings want."""
    wanted = chosen(pull.settings, WANTED, "all")
    if wanted == ():
        return ()
    names = [str(schema["name"]) for schema in _schemas(pull)]
    if wanted is not None:
        lacking = sorted(set(wanted) - set(names))
        if lacking:
            raise FatalError(f"{WANTED}: HubSpot has no object {', '.join(lacking)} of this portal")
        names = list(wanted)
    return tuple(PREFIX + name for name in names)


def custom(name: str) -> Entity:
    """The entity of that name. KeyError where it cannot be an object of a portal's own."""
    if not name.startswith(PREFIX):
        raise KeyError(name)
    described = Described(name, tuple(_TYPE_IDS), api=OWN + name.removeprefix(PREFIX))
    entity = described_entity(described)

    def plan(pull: Pull) -> Plan:
        return described_entity(_narrowed(pull, described)).plan(pull)

    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        return described_entity(_narrowed(pull, described)).extract(pull, plan)

    return replace(entity, plan=plan, extract=extract)


def _narrowed(pull: Pull, described: Described) -> Described:
    """With only the links that the schema allows: asking for others is refused."""
    for schema in _schemas(pull):
        if OWN + str(schema["name"]) == described.api:
            own = str(schema["objectTypeId"])
            allowed = {
                str(link["toObjectTypeId"])
                for link in schema.get("associations", ())
                if str(link["fromObjectTypeId"]) == own
            }
            links = tuple(name for name, type_id in _TYPE_IDS.items() if type_id in allowed)
            return replace(described, links=links)
    raise SkippableError(f"the portal has no object {described.name.removeprefix(PREFIX)}")


def _schemas(pull: Pull) -> list[Mapping[str, Any]]:
    version = api_version(pull.settings)
    answer = pull.cache.get(
        "schemas",
        lambda: pull.client.get(f"/crm-object-schemas/{version}/schemas", groups=(CALLS,)),
    )
    return list(answer.json["results"])
