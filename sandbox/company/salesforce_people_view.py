"""Accounts, contacts, leads and campaign members in Salesforce."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company.dates import business_day
from sandbox.company.identity import salesforce_id
from sandbox.company.model import Company, Person
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_org import COUNTRIES, SOURCES
from sandbox.company.salesforce_values import Fields


def accounts(view: SalesforceLife) -> Iterator[NamedTuple]:
    won = _customers(view)
    for company in view.life.companies:
        if company.salesforce_at is not None and company.salesforce_at <= view.at:
            yield _account(view, company, company.salesforce_at, won.get(company.key))


def people(view: SalesforceLife) -> Iterator[NamedTuple]:
    for person in view.life.people:
        if person.salesforce_lead_at is not None and person.salesforce_lead_at <= view.at:
            yield _lead(view, person, person.salesforce_lead_at)
        if person.salesforce_contact_at is not None and person.salesforce_contact_at <= view.at:
            yield _contact(view, person, person.salesforce_contact_at)
        yield from _campaign_member(view, person)


def _customers(view: SalesforceLife) -> dict[int, datetime]:
    """When each company first won, by its key."""
    found: dict[int, datetime] = {}
    for deal in view.life.deals:
        if deal.key in view.opportunities:
            for when, stage in deal.stage.until(view.at):
                if view.org.stages[stage].is_won:
                    found[deal.company_key] = min(when, found.get(deal.company_key, when))
    return found


def _account(
    view: SalesforceLife, company: Company, start: datetime, won_at: datetime | None
) -> NamedTuple:
    at = max(view.at, start)
    absorbed = [
        other.deleted_at
        for other in view.life.companies
        if other.merged_into == company.key and view.happened(other.deleted_at)
    ]
    writes = view.past(
        start,
        won_at,
        *absorbed,
        *(instant for instant, _ in company.name),
        *(instant for instant, _ in company.owner),
    )
    street = f"{100 + company.key % 900} Example Street"
    country = COUNTRIES.get(company.country, company.country)
    code = f"{company.key % 100_000:05d}"
    domain = company.salesforce_domain or company.domain
    fields: Fields = {
        "Name": company.name.at(at),
        "Type": "Customer" if won_at else "Prospect",
        "Industry": company.industry,
        "ParentId": None,
        "OwnerId": view.org.user(company.owner.at(at)),
        "AnnualRevenue": float(company.employees * 84_000) if company.employees else None,
        "NumberOfEmployees": company.employees or None,
        "Website": f"https://www.{domain}/" if domain else None,
        "Tax_Id__c": company.tax_id,
        "Phone": None,
        "BillingStreet": street,
        "BillingCity": company.city,
        "BillingState": None,
        "BillingPostalCode": code,
        "BillingCountry": country,
        "BillingAddress": {
            "city": company.city,
            "country": country,
            "geocodeAccuracy": None,
            "latitude": None,
            "longitude": None,
            "postalCode": code,
            "state": None,
            "street": street,
        },
        "MasterRecordId": view.master("001", company),
        "CurrencyIsoCode": {"BR": "BRL", "MX": "MXN"}.get(company.country, "USD"),
    }
    return view.record(
        "Account",
        salesforce_id("001", company.key),
        start,
        max(writes),
        fields,
        author=view.org.user(company.owner.at(start)),
        deleted_at=company.deleted_at,
    )


def _contact(view: SalesforceLife, person: Person, start: datetime) -> NamedTuple:
    at = max(view.at, start)
    writes = view.past(
        start,
        *(instant for instant, _ in person.owner),
        *_absorbed(view, person),
        *view.moves(person.company_key, None),
    )
    fields: Fields = {
        "AccountId": view.account(person.company_key),
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Name": f"{person.first_name} {person.last_name}",
        "Email": person.email,
        "Phone": person.phone,
        "Title": person.job_title or None,
        "LeadSource": SOURCES[person.channel],
        "OwnerId": view.org.user(person.owner.at(at)),
        "MasterRecordId": view.master("003", person),
        "ReportsToId": None,
    }
    return view.record(
        "Contact",
        salesforce_id("003", person.key),
        start,
        max(writes),
        fields,
        author=view.org.user(person.owner.at(start)),
        deleted_at=person.deleted_at,
    )


def _lead(view: SalesforceLife, person: Person, start: datetime) -> NamedTuple:
    at = max(view.at, start)
    converted = (
        person.salesforce_contact_at if view.happened(person.salesforce_contact_at) else None
    )
    opportunity = view.opportunities.get(person.converted_deal_key or -1) if converted else None
    writes = view.past(
        start,
        converted,
        person.disqualified_at,
        *(instant for instant, _ in person.owner),
        *_absorbed(view, person),
    )
    if opportunity:
        # The conversion made the opportunity too, and its id is written when it exists.
        writes += [
            deal.salesforce_at
            for deal in view.life.deals
            if deal.key == person.converted_deal_key and deal.salesforce_at is not None
        ]
    fields: Fields = {
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Name": f"{person.first_name} {person.last_name}",
        "Email": person.email,
        "Phone": person.phone,
        "Company": _employer(view, person),
        "Title": person.job_title or None,
        "Country": COUNTRIES.get(person.country, person.country),
        "Status": _status(view, person, converted),
        "LeadSource": SOURCES[person.channel],
        "OwnerId": view.org.user(person.owner.at(at)),
        "IsConverted": converted is not None,
        "ConvertedDate": business_day(converted).isoformat() if converted else None,
        "ConvertedAccountId": view.account(person.company_key) if converted else None,
        "ConvertedContactId": salesforce_id("003", person.key) if converted else None,
        "ConvertedOpportunityId": opportunity,
        "MasterRecordId": view.master("00Q", person),
    }
    return view.record(
        "Lead",
        salesforce_id("00Q", person.key),
        start,
        max(writes),
        fields,
        author=view.org.user(person.owner.at(start)),
        deleted_at=person.deleted_at,
    )


def _status(view: SalesforceLife, person: Person, converted: datetime | None) -> str:
    if converted:
        return "Closed - Converted"
    if view.happened(person.disqualified_at):
        return "Closed - Not Converted"
    worked = any(
        each.person_key == person.key and each.created_at <= view.at
        for each in view.life.activities
    )
    return "Working - Contacted" if worked else "Open - Not Contacted"


def _employer(view: SalesforceLife, person: Person) -> str:
    for company in view.life.companies:
        if company.key == person.company_key:
            first = company.name.first()
            return first[1] if first else "[not provided]"
    return "[not provided]"


def _absorbed(view: SalesforceLife, person: Person) -> list[datetime | None]:
    return [
        other.deleted_at
        for other in view.life.people
        if other.merged_into == person.key and view.happened(other.deleted_at)
    ]


def _campaign_member(view: SalesforceLife, person: Person) -> Iterator[NamedTuple]:
    campaign = view.org.campaigns.get(person.campaign_key or -1)
    since = view.past(person.salesforce_lead_at, person.salesforce_contact_at)
    if campaign is None or not since:
        return
    start = min(since)
    fields: Fields = {
        "CampaignId": campaign,
        "LeadId": view.leads.get(person.key),
        "ContactId": view.contacts.get(person.key),
        "Status": "Responded",
        "HasResponded": True,
        "FirstRespondedDate": business_day(start).isoformat(),
    }
    yield view.record(
        "CampaignMember",
        salesforce_id("00v", person.key),
        start,
        max(since),
        fields,
        deleted_at=person.deleted_at,
    )
