"""The dimensions by which each kind of record is counted. What nobody knows is `unknown`."""

from __future__ import annotations

from tests.oracle.records import UNKNOWN, Activity, Deal, Person, World
from tests.oracle.tally import TOTAL, Place


def of_deal(world: World, deal: Deal, owner: str | None) -> list[Place]:
    return [
        TOTAL,
        *of_owner(world, owner)[1:],
        ("pipeline", deal.pipeline),
        ("deal_type", deal.deal_type),
        ("lead_source", deal.lead_source or UNKNOWN),
        ("source_system", deal.source_system),
        *of_account(world, deal.account)[1:],
        ("campaign", attributed_campaign(world, deal) or UNKNOWN),
    ]


def of_movement(world: World, deal: Deal, owner: str | None) -> list[Place]:
    return [*of_owner(world, owner), ("pipeline", deal.pipeline)]


def attributed_campaign(world: World, deal: Deal) -> str | None:
    """First touch: the campaign by which the primary person came, else the deal's own."""
    person = deal.primary
    came_by = world.campaign_of_person.get(person) if person is not None else None
    return came_by or deal.campaign


def of_account(world: World, key: int | None) -> list[Place]:
    account = world.accounts.get(key) if key is not None else None
    return [
        TOTAL,
        ("country", (account and account.country) or UNKNOWN),
        ("industry", (account and account.industry) or UNKNOWN),
        ("size_band", account.size_band if account else UNKNOWN),
    ]


def of_country(world: World, key: int | None) -> list[Place]:
    return of_account(world, key)[:2]


def of_owner(world: World, owner: str | None) -> list[Place]:
    team = world.teams.get(owner) if owner else None
    return [TOTAL, ("owner", owner or UNKNOWN), ("team", team or UNKNOWN)]


def of_person(world: World, person: Person) -> list[Place]:
    return [
        TOTAL,
        ("lead_source", person.lead_source or UNKNOWN),
        ("source_system", person.source_system),
        *of_country(world, person.account)[1:],
        ("campaign", person.campaign or UNKNOWN),
        *of_owner(world, person.owner)[1:],
    ]


def of_activity(world: World, activity: Activity) -> list[Place]:
    return [*of_owner(world, activity.owner), ("activity_type", activity.kind)]
