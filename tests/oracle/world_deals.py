"""Deals as the CRM that leads for them shows them: Salesforce before HubSpot, Pipedrive alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sandbox.company.model import (
    HUBSPOT,
    PIPEDRIVE,
    SALESFORCE,
    Campaign,
    Deal,
    Organisation,
    Product,
)
from tests.oracle.records import Deal as CountedDeal
from tests.oracle.records import Line, Stage, Version, World
from tests.oracle.shown import Shown, Staff

_LOSS_THAT_IS_NONE = "duplicate"

Stages = dict[str, dict[str, Stage]]


def stages_of(org: Organisation, at: datetime) -> Stages:
    """By pipeline and code. A stage that is no longer listed keeps its code and nothing else."""
    found: Stages = {}
    for pipeline in org.pipelines:
        stages = found.setdefault(pipeline.key, {})
        for stage in pipeline.stages:
            is_listed = stage.deleted_at is None or stage.deleted_at > at
            stages[stage.vendor_id] = Stage(
                pipeline.label,
                stage.vendor_id,
                (stage.label.at(at) or stage.vendor_id) if is_listed else stage.vendor_id,
                stage.order if is_listed else None,
                stage.probability if is_listed else None,
                stage.is_closed,
                stage.is_won,
                is_listed,
            )
    return found


def add_deals(
    world: World,
    shown: Shown,
    staff: Staff,
    *,
    stages: Stages,
    products: dict[int, Product],
    campaigns: dict[int, Campaign],
    zone: ZoneInfo,
) -> None:
    for deal in shown.life.deals:
        systems = shown.deal_systems(deal)
        if not systems or shown.is_gone(deal):
            continue
        counted = _deal(
            world, shown, staff, deal, systems, stages=stages[deal.pipeline_key],
            products=products, campaigns=campaigns, zone=zone,
        )  # fmt: skip
        is_double = counted.is_lost and deal.loss_reason == _LOSS_THAT_IS_NONE
        is_ours = shown.is_internal(company=counted.account, person=counted.primary)
        if not is_double and not is_ours:
            world.deals[deal.key] = counted


def _deal(
    world: World,
    shown: Shown,
    staff: Staff,
    deal: Deal,
    systems: list[str],
    *,
    stages: dict[str, Stage],
    products: dict[int, Product],
    campaigns: dict[int, Campaign],
    zone: ZoneInfo,
) -> CountedDeal:
    leading = systems[0]
    contacts = shown.contacts(deal, leading)
    people = {key for system in systems for key in shown.contacts(deal, system)}
    if leading == SALESFORCE:
        people |= _converted(shown, deal)
    versions = _versions(deal, leading, staff, stages, world.clock, zone)
    campaign = campaigns.get(deal.campaign_key or -1)
    is_named = campaign is not None and campaign.name in world.campaigns
    if leading == SALESFORCE and campaign is not None and campaign.system != SALESFORCE:
        is_named = False
    return CountedDeal(
        key=deal.key,
        account=shown.company(deal.company_key, leading),
        primary=contacts[0] if contacts else None,
        people=frozenset(people),
        pipeline=next(iter(stages.values())).pipeline,
        stages=tuple(stages.values()),
        versions=versions,
        deal_type=deal.deal_type,
        # Pipedrive keeps on a deal neither its source, nor a coupon, nor a next step.
        lead_source=None if leading == PIPEDRIVE else deal.channel,
        source_system="several" if len(systems) > 1 else leading,
        currency=deal.currency,
        created_on=versions[0].start.astimezone(zone).date(),
        campaign=campaign.name if campaign and is_named and leading != PIPEDRIVE else None,
        coupon=None if leading == PIPEDRIVE else deal.coupon or None,
        next_step=None if leading == PIPEDRIVE else deal.next_step.at(world.clock) or None,
        lines=tuple(_lines(shown, deal, leading, products)),
    )


def _converted(shown: Shown, deal: Deal) -> set[int]:
    """The leads that were converted into the deal."""
    found = (
        shown.person(person.key, SALESFORCE)
        for person in shown.life.people
        if person.converted_deal_key == deal.key
        and shown.is_lead(person)
        and shown.is_contact(person)
    )
    return {key for key in found if key is not None}


def _lines(shown: Shown, deal: Deal, leading: str, products: dict[int, Product]) -> list[Line]:
    """HubSpot moves the lines of a merged deal to the one that took it in."""
    sources = [deal]
    if leading == HUBSPOT:
        sources += [
            other
            for other in shown.life.deals
            if other.key != deal.key
            and other.merged_into is not None
            and shown.deal(other.key, HUBSPOT) == deal.key
        ]
    return [
        Line(
            products[line.product_key].name,
            products[line.product_key].family,
            Decimal(line.quantity),
            line.unit_price,
            line.amount,
        )
        for source in sources
        for line in source.lines
        if line.created_at <= shown.at
    ]


def _versions(
    deal: Deal,
    system: str,
    staff: Staff,
    stages: dict[str, Stage],
    at: datetime,
    zone: ZoneInfo,
) -> tuple[Version, ...]:
    start = {
        SALESFORCE: deal.salesforce_at,
        HUBSPOT: deal.hubspot_at,
        PIPEDRIVE: deal.pipedrive_at,
    }[system]
    assert start is not None
    timelines = (deal.stage, deal.amount, deal.close_on, deal.owner)
    changes = {when for timeline in timelines for when, _ in timeline if start < when <= at}
    instants = sorted({start, *changes})
    ends: list[datetime | None] = [*instants[1:], None]
    close_on = _expected_in_pipedrive if system == PIPEDRIVE else _close_on
    return tuple(
        Version(
            when.astimezone(UTC),
            end,
            stages[_known(deal.stage.at(when))],
            deal.amount.at(when),
            close_on(deal, when, stages, zone),
            staff.name(deal.owner.at(when), system),
        )
        for when, end in zip(instants, ends, strict=True)
    )


def _close_on(deal: Deal, when: datetime, stages: dict[str, Stage], zone: ZoneInfo) -> date | None:
    return deal.close_on.at(when)


def _expected_in_pipedrive(
    deal: Deal, when: datetime, stages: dict[str, Stage], zone: ZoneInfo
) -> date | None:
    """The expected day while it is open, which closing leaves alone; then the day of the closing."""
    entries = deal.stage.until(when)
    entered, code = entries[-1]
    if stages[code].is_closed:
        return entered.astimezone(zone).date()
    closings = {at for at, each in deal.stage if stages[each].is_closed}
    days = [day for at, day in deal.close_on if at <= when and at not in closings]
    return days[-1] if days else None


def _known(code: str | None) -> str:
    if code is None:
        raise ValueError("a deal always stands in a stage")
    return code
