"""Companies, contacts and leads in HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_links import link
from sandbox.company.hubspot_portal import COUNTRIES, SOURCES
from sandbox.company.hubspot_text import Properties, stamp, unset
from sandbox.company.identity import hubspot_id, salesforce_id
from sandbox.company.model import Company, Person

LEAD_PIPELINE = "lead-pipeline-id"
LEAD_STAGES = {
    "new": "new-stage-id",
    "connected": "connected-stage-id",
    "qualified": "qualified-stage-id",
    "unqualified": "unqualified-stage-id",
}


def companies(view: HubspotLife) -> Iterator[NamedTuple]:
    for company in view.life.companies:
        if company.key in view.companies and company.hubspot_at is not None:
            yield _company(view, company, company.hubspot_at)


def contacts(view: HubspotLife) -> Iterator[NamedTuple]:
    for person in view.life.people:
        if person.key in view.contacts and person.hubspot_at is not None:
            yield _contact(view, person, person.hubspot_at)
            yield from _works_at(view, person)
            yield from _lead(view, person, person.hubspot_at)


def synced_at(view: HubspotLife, link_kind: str | None, *sides: datetime | None) -> datetime | None:
    """When the sync wrote its link: once both sides exist; None before that or without a sync."""
    if link_kind != "sync":
        return None
    both = [side for side in sides if side is not None]
    return max(both) if len(both) == len(sides) and max(both) <= view.at else None


def _company(view: HubspotLife, company: Company, start: datetime) -> NamedTuple:
    at, key = view.at, company.key
    record_id = hubspot_id("companies", key)
    first_deal = view.first_deal.get(("companies", key))
    first_win = view.first_win.get(("companies", key))
    synced = synced_at(view, company.link, start, company.salesforce_at)
    absorbed = view.absorbed(view.life.companies, key)
    modified = _last(
        at,
        start,
        *(instant for instant, _ in company.name),
        *(instant for instant, _ in company.owner),
        first_deal,
        first_win,
        synced,
        *(loser.deleted_at for loser in absorbed),
    )
    stage = "customer" if first_win else "opportunity" if first_deal else "lead"
    values: Properties = {
        "annualrevenue": str(company.employees * 84_000) if company.employees else unset(key),
        "city": company.city,
        "country": COUNTRIES.get(company.country, company.country),
        "domain": company.domain or None,
        "hs_additional_domains": unset(key),
        "hs_merged_object_ids": _ids("companies", [loser.key for loser in absorbed]),
        "hs_parent_company_id": None,
        "hubspot_owner_id": view.portal.owner(company.owner.at(max(at, start))) or unset(key),
        "industry": company.industry.upper().replace(" ", "_"),
        "lifecyclestage": stage,
        "name": company.name.at(max(at, start)),
        "numberofemployees": str(company.employees) if company.employees else unset(key),
        "phone": None,
        "salesforceaccountid": salesforce_id("001", key) if synced else None,
        "state": None,
        "tax_id": company.tax_id,
        "website": f"https://www.{company.domain}" if company.domain else None,
    }
    return view.record(
        "companies",
        record_id,
        start,
        modified,
        values,
        created_name="createdate",
        deleted_at=company.deleted_at,
        merged_into=_winner("companies", company.merged_into),
    )


def _contact(view: HubspotLife, person: Person, start: datetime) -> NamedTuple:
    at, key = view.at, person.key
    record_id = hubspot_id("contacts", key)
    first_deal = view.first_deal.get(("contacts", key))
    first_win = view.first_win.get(("contacts", key))
    contact_synced = synced_at(view, person.link, start, person.salesforce_contact_at)
    lead_synced = synced_at(view, person.link, start, person.salesforce_lead_at)
    absorbed = view.absorbed(view.life.people, key)
    # A stage that was reached elsewhere first is written once the contact is here, with its own time.
    entered = {
        "lead": person.lead_at,
        "marketingqualifiedlead": person.marketing_qualified_at,
        "salesqualifiedlead": person.qualified_at,
        "opportunity": first_deal,
        "customer": first_win,
    }
    reached = {name: when for name, when in entered.items() if when is not None and when <= at}
    disqualified = person.disqualified_at if view.happened(person.disqualified_at) else None
    modified = _last(
        at,
        start,
        *(instant for instant, _ in person.owner),
        *reached.values(),
        disqualified,
        contact_synced,
        lead_synced,
        *(loser.deleted_at for loser in absorbed),
    )
    source, detail = SOURCES[person.channel]
    campaign = view.portal.campaigns.get(person.campaign_key or -1)
    company = view.companies.get(person.company_key or -1)
    values: Properties = {
        "associatedcompanyid": None if company is None else str(company),
        "company": _company_name(view, person, start),
        "country": COUNTRIES.get(person.country, person.country),
        "email": person.email or unset(key),
        "firstname": person.first_name,
        "hs_analytics_source": source,
        "hs_analytics_source_data_1": detail,
        "hs_analytics_source_data_2": campaign.name if campaign else unset(key),
        "hs_email_optout": "true" if key % 29 == 0 else None,
        "hs_lead_status": _lead_status(reached, disqualified),
        "hs_merged_object_ids": _ids("contacts", [loser.key for loser in absorbed]),
        "hubspot_owner_id": view.portal.owner(person.owner.at(max(at, start))) or unset(key),
        "jobtitle": person.job_title or unset(key),
        "lastname": person.last_name,
        "lifecyclestage": list(reached)[-1] if reached else "subscriber",
        "num_associated_deals": _count(view, key),
        "phone": person.phone or unset(key),
        "salesforcecontactid": salesforce_id("003", key) if contact_synced else None,
        "salesforceleadid": salesforce_id("00Q", key) if lead_synced else None,
    }
    for name in entered:
        values[f"hs_v2_date_entered_{name}"] = stamp(reached[name]) if name in reached else None
    return view.record(
        "contacts",
        record_id,
        start,
        modified,
        values,
        created_name="createdate",
        modified_name="lastmodifieddate",
        deleted_at=person.deleted_at,
        merged_into=_winner("contacts", person.merged_into),
    )


def _works_at(view: HubspotLife, person: Person) -> Iterator[NamedTuple]:
    company = view.companies.get(person.company_key or -1)
    if company is not None and not _is_merged(view, person):
        yield from link("contacts", hubspot_id("contacts", person.key), "companies", company)


def _lead(view: HubspotLife, person: Person, start: datetime) -> Iterator[NamedTuple]:
    """The lead object: what marketing handed over to sales. It lives beside the contact."""
    handed_over = person.marketing_qualified_at
    if handed_over is None or handed_over > view.at:
        return
    handed_over = max(handed_over, start)
    stage, moved = "new", handed_over
    for name, instant in (
        ("connected", person.qualified_at and handed_over),
        ("qualified", person.qualified_at),
        ("unqualified", person.disqualified_at),
    ):
        if instant is not None and handed_over <= instant <= view.at:
            stage, moved = name, instant
    record_id = hubspot_id("leads", person.key)
    values: Properties = {
        "hs_lead_label": ("HOT", "WARM", "COLD")[person.key % 3],
        "hs_lead_name": f"{person.first_name} {person.last_name}",
        "hs_lead_type": "NEW_BUSINESS",
        "hs_pipeline": LEAD_PIPELINE,
        "hs_pipeline_stage": LEAD_STAGES[stage],
        "hubspot_owner_id": view.portal.owner(person.owner.at(handed_over)),
    }
    yield view.record("leads", record_id, handed_over, moved, values, deleted_at=person.deleted_at)
    yield from link("leads", record_id, "contacts", view.contacts[person.key])


def _company_name(view: HubspotLife, person: Person, start: datetime) -> str | None:
    """As it was typed when the contact was made: nobody corrects it later."""
    for company in view.life.companies:
        if company.key == person.company_key:
            first = company.name.first()
            return company.name.at(start) or (first[1] if first else None)
    return unset(person.key)


def _lead_status(reached: dict[str, datetime], disqualified: datetime | None) -> str | None:
    if disqualified:
        return "UNQUALIFIED"
    if "opportunity" in reached:
        return "OPEN_DEAL"
    if "salesqualifiedlead" in reached:
        return "CONNECTED"
    if "marketingqualifiedlead" in reached:
        return "IN_PROGRESS"
    return "NEW" if "lead" in reached else None


def _count(view: HubspotLife, key: int) -> str | None:
    """A roll-up of associations: it moves without the modified date."""
    linked = {
        view.deals[deal.key]
        for deal in view.life.deals
        if deal.key in view.deals
        and key in deal.person_keys
        and _is_linked(view, deal.contact_linked_at)
    }
    return str(len(linked)) if linked else None


def _is_linked(view: HubspotLife, linked_at: datetime | None) -> bool:
    return linked_at is None or linked_at <= view.at


def _is_merged(view: HubspotLife, person: Person) -> bool:
    return person.merged_into is not None and view.happened(person.deleted_at)


def _ids(kind: str, keys: list[int]) -> str | None:
    return ";".join(str(hubspot_id(kind, key)) for key in keys) or None


def _winner(kind: str, key: int | None) -> int | None:
    return None if key is None else hubspot_id(kind, key)


def _last(at: datetime, *instants: datetime | None) -> datetime:
    """The latest of the stored writes up to now."""
    return max(instant for instant in instants if instant is not None and instant <= at)
