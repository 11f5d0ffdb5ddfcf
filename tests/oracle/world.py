"""From the company's own objects to flat records: what a right unified model would hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.company.clock import clock_of
from sandbox.company.dates import DEFAULT_NOW
from sandbox.company.double_life import double_lives
from sandbox.company.life import lives
from sandbox.company.model import HUBSPOT, SALESFORCE, Company, Life, Organisation, Person
from sandbox.company.org import organisation
from sandbox.company.pipedrive_life import partner_lives
from sandbox.company.pipedrive_org import whole_organisation
from sandbox.company.spreadsheets import rows as sheet_rows
from sandbox.store import Store
from tests.oracle.copies import joined
from tests.oracle.periods import Calendar, period_end
from tests.oracle.records import (
    UNKNOWN,
    Account,
    Campaign,
    Rates,
    Target,
    World,
)
from tests.oracle.records import Person as KnownPerson
from tests.oracle.shown import Shown, Staff, first
from tests.oracle.world_deals import add_deals, stages_of
from tests.oracle.world_deeds import add_deeds
from tests.oracle.world_sheets import add_sheets

REPORTING = "USD"
COUNTRY = "BR"  # what the demo says of the business beside its zone and its currency
_EIGHT = Decimal("1e-8")
_BANDS = ((50, "1-49"), (250, "50-249"), (1000, "250-999"))


def read(path: Path, *, fiscal_start: int = 1, country: str = COUNTRY) -> tuple[World, Calendar]:
    """The company in the store, at the instant its clock shows."""
    with Store(path, read_only=True) as store:
        config, at = clock_of(store)
        timezone = store.meta("timezone") or "UTC"
    org = whole_organisation(config.seed) if config.has_partners else organisation(config.seed)
    everybody = chain(lives(config, at), partner_lives(config, at), double_lives(config, at))
    found = build(org, everybody, at)
    found.country = country
    emails = {rep.email: f"{rep.first_name} {rep.last_name}" for rep in org.reps}
    add_sheets(found, sheet_rows(organisation(config.seed), at), emails)
    return found, calendar_of(found, fiscal_start=fiscal_start, timezone=timezone)


def build(org: Organisation, lives: Iterable[Life], at: datetime) -> World:
    staff = Staff(org)
    world = World(clock=at, timezone=org.timezone, rates=_rates(org, at), teams=staff.teams)
    zone = ZoneInfo(org.timezone)
    world.campaigns = _campaigns(org, at, zone)
    world.targets = _targets(org, staff, at, zone)
    stages = stages_of(org, at)
    products = {product.key: product for product in org.products}
    campaigns = {campaign.key: campaign for campaign in org.campaigns}
    for each in lives:
        life = joined(each, at)
        shown = Shown(life, at)
        for company in life.companies:
            _add_company(world, shown, staff, company)
        for person in life.people:
            _add_person(world, shown, staff, person, zone=zone, campaigns=campaigns)
        add_deals(
            world, shown, staff, stages=stages, products=products, campaigns=campaigns, zone=zone
        )
        add_deeds(world, shown, staff, products=products, zone=zone)
    return world


def calendar_of(world: World, *, fiscal_start: int = 1, timezone: str | None = None) -> Calendar:
    """From the month of the first thing that counts."""
    zone = ZoneInfo(timezone or world.timezone)
    instants: Iterator[datetime] = chain(
        (deal.created_at for deal in world.deals.values()),
        (person.lead_at for person in world.people.values() if person.lead_at),
        (each.completed_at for each in world.activities if each.completed_at),
        (survey.answered_at for survey in world.surveys),
        (ticket.opened_at for ticket in world.tickets),
    )
    days = [instant.astimezone(zone).date() for instant in instants]
    days += [deal.closed_on for deal in world.deals.values() if deal.closed_on]
    days += [contract.starts_on for contract in world.contracts]
    days += [order.ordered_on for order in world.orders]
    days += [each.returned_on for each in world.returns]
    days += [each.start for each in world.targets]
    days += [each.starts_on for each in world.campaigns.values() if each.starts_on and each.spend]
    days += [each.spent_on for each in world.spend]
    days += [day for day, _, _ in world.sessions] + [day for _, day, _ in world.surveys_sent]
    today = world.clock.astimezone(zone).date()
    return Calendar(min([*days, today]), world.clock, zone, fiscal_start)


def _rates(org: Organisation, at: datetime) -> Rates:
    found: dict[str, list[tuple[date, Decimal]]] = {}
    today = at.astimezone(ZoneInfo(org.timezone)).date()
    for rate in sorted(org.rates, key=lambda each: each.starts_on):
        if rate.starts_on <= today:
            worth = (1 / rate.units_per_usd).quantize(_EIGHT, ROUND_HALF_UP)
            found.setdefault(rate.currency, []).append((rate.starts_on, worth))
    return Rates(REPORTING, found)


def _campaigns(org: Organisation, at: datetime, zone: ZoneInfo) -> dict[str, Campaign]:
    today = at.astimezone(zone).date()
    return {
        campaign.name: Campaign(
            campaign.name,
            campaign.starts_on,
            campaign.ends_on,
            # Nothing is spent before it begins.
            campaign.spend if today >= campaign.starts_on else None,
            REPORTING,
        )
        for campaign in org.campaigns
        if campaign.created_at <= at
    }


def _targets(org: Organisation, staff: Staff, at: datetime, zone: ZoneInfo) -> list[Target]:
    found = []
    for target in org.targets:
        amounts = target.amount.until(at)
        owner = staff.name(target.rep_key, target.system)
        is_deleted = target.deleted_at is not None and target.deleted_at <= at
        if not amounts or is_deleted or owner is None:
            continue
        if target.system == SALESFORCE:
            # It keeps no history of a quota: an amount from before the first pull is known to nobody.
            before = sum(when <= DEFAULT_NOW for when, _ in amounts)
            amounts = amounts[max(before - 1, 0) :]
        (_, amount), *changes = amounts
        later = tuple((when.astimezone(zone).date(), changed) for when, changed in changes)
        currency = target.currency if target.system == SALESFORCE else REPORTING
        end = period_end("month", target.month)
        found.append(Target(owner, target.month, end, amount, currency, later))
    return found


def _add_company(world: World, shown: Shown, staff: Staff, company: Company) -> None:
    systems = shown.company_systems(company)
    if not systems or shown.is_gone(company) or company.is_internal:
        return
    band = next((name for limit, name in _BANDS if company.employees < limit), "1000+")
    industry = None
    if systems[0] in (SALESFORCE, HUBSPOT):
        industry = company.industry.capitalize()
    world.accounts[company.key] = Account(
        company.key,
        company.country,
        industry,
        band if company.employees else UNKNOWN,
        first(staff.name(company.owner.at(world.clock), system) for system in systems),
    )


def _add_person(
    world: World,
    shown: Shown,
    staff: Staff,
    person: Person,
    *,
    zone: ZoneInfo,
    campaigns: dict,
) -> None:
    systems = shown.person_systems(person)
    if not systems or shown.is_gone(person):
        return
    campaign = _campaign_of(world, shown, person, campaigns)
    world.campaign_of_person[person.key] = campaign
    if shown.is_internal(person=person.key):
        return
    contact_at, lead_at = person.salesforce_contact_at, person.salesforce_lead_at
    homes = [person.hubspot_at, contact_at, lead_at, person.pipedrive_at]
    leads, qualified = [], []
    if HUBSPOT in systems:
        leads.append(person.lead_at)
        qualified.append(person.qualified_at)
    if shown.is_lead(person):
        leads.append(lead_at)
        if contact_at is not None and shown.is_contact(person):
            # A lead is converted on a day, and the day is all that Salesforce tells.
            day = contact_at.astimezone(zone).date()
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            qualified.append(midnight.astimezone(UTC))
    if shown.happened(person.pipedrive_at):
        leads.append(person.pipedrive_at)
        # What became a deal has been qualified by it.
        qualified += [
            deal.created_at
            for deal in shown.life.deals
            if shown.happened(deal.pipedrive_at)
            and not shown.is_gone(deal)
            and shown.contacts(deal, "pipedrive") == [person.key]
        ]
    world.people[person.key] = KnownPerson(
        person.key,
        shown.account_of(person.key),
        first(staff.name(person.owner.at(world.clock), system) for system in systems),
        min(home for home in homes if home is not None and shown.happened(home)),
        _earliest(shown, leads),
        _earliest(shown, qualified),
        person.channel,
        campaign,
        "several" if len(systems) > 1 else systems[0],
    )


def _campaign_of(world: World, shown: Shown, person: Person, campaigns: dict) -> str | None:
    """Salesforce knows members of its own campaigns; HubSpot writes any campaign's name."""
    campaign = campaigns.get(person.campaign_key)
    if campaign is None or campaign.name not in world.campaigns:
        return None
    systems = shown.person_systems(person)
    if SALESFORCE in systems and campaign.system == SALESFORCE:
        return campaign.name
    return campaign.name if HUBSPOT in systems else None


def _earliest(shown: Shown, instants: Iterable[datetime | None]) -> datetime | None:
    return min(
        (each for each in instants if each is not None and shown.happened(each)), default=None
    )
