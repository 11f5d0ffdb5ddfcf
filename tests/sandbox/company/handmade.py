"""Small lives written by hand, and what a view shows of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sandbox.company import hubspot_view, salesforce_view
from sandbox.company.model import (
    Activity,
    Company,
    Deal,
    Life,
    Line,
    Organisation,
    Person,
    Timeline,
)
from sandbox.company.org import organisation
from sandbox.store import (
    HubspotAssociation,
    HubspotDocument,
    HubspotHistory,
    HubspotObject,
    SalesforceRecord,
)

ORG: Organisation = organisation(7)
SELLER, OTHER_SELLER = 2, 3  # HubSpot only
BIG_SELLER, OTHER_BIG_SELLER = 19, 20  # both CRMs

COMPANY, PERSON, DEAL = 1001, 1002, 1003


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BORN = at("2025-03-03 12:00:00")
LATER = at("2026-06-01 12:00:00")


def company(**changes: Any) -> Company:
    values: dict[str, Any] = {
        "key": COMPANY,
        "name": Timeline((BORN, "Foz Clara Ltda")),
        "domain": "foz-clara.example",
        "country": "BR",
        "city": "Curitiba",
        "industry": "Retail",
        "employees": 40,
        "owner": Timeline((BORN, SELLER)),
        "hubspot_at": BORN,
        "salesforce_at": None,
        "link": None,
    }
    return Company(**values | changes)


def person(**changes: Any) -> Person:
    values: dict[str, Any] = {
        "key": PERSON,
        "first_name": "Iara",
        "last_name": "Prado",
        "email": "iara.prado@foz-clara.example",
        "phone": "+1 212-555-0102",
        "job_title": "Buyer",
        "country": "BR",
        "company_key": COMPANY,
        "owner": Timeline((BORN, SELLER)),
        "channel": "paid_search",
        "campaign_key": None,
        "hubspot_at": BORN,
        "salesforce_lead_at": None,
        "salesforce_contact_at": None,
        "link": None,
        "lead_at": BORN,
    }
    return Person(**values | changes)


def deal(**changes: Any) -> Deal:
    values: dict[str, Any] = {
        "key": DEAL,
        "name": Timeline((BORN, "Foz Clara - New business")),
        "company_key": COMPANY,
        "person_keys": (PERSON,),
        "pipeline_key": "default",
        "currency": "BRL",
        "deal_type": "new",
        "channel": "paid_search",
        "campaign_key": None,
        "created_at": BORN,
        "hubspot_at": BORN,
        "salesforce_at": None,
        "stage": Timeline((BORN, "appointmentscheduled")),
        "amount": Timeline((BORN, Decimal("1500.50"))),
        "close_on": Timeline((BORN, date(2025, 4, 30))),
        "owner": Timeline((BORN, SELLER)),
        "next_step": Timeline((BORN, None)),
    }
    return Deal(**values | changes)


def customer() -> list[Company | Person]:
    """A company and its person, in Salesforce only."""
    return [
        company(salesforce_at=BORN, hubspot_at=None, owner=Timeline((BORN, BIG_SELLER))),
        person(salesforce_contact_at=BORN, hubspot_at=None, owner=Timeline((BORN, BIG_SELLER))),
    ]


def big_deal(**changes: Any) -> Deal:
    """One that lives in Salesforce."""
    values: dict[str, Any] = {
        "pipeline_key": "salesforce",
        "hubspot_at": None,
        "salesforce_at": BORN,
        "stage": Timeline((BORN, "Prospecting")),
        "owner": Timeline((BORN, BIG_SELLER)),
    }
    return deal(**values | changes)


def line(**changes: Any) -> Line:
    values: dict[str, Any] = {
        "key": 1101,
        "product_key": 1,
        "quantity": 3,
        "unit_price": Decimal("100.00"),
        "discount_percent": Decimal(10),
        "amount": Decimal("270.00"),
        "created_at": BORN,
    }
    return Line(**values | changes)


def activity(**changes: Any) -> Activity:
    values: dict[str, Any] = {
        "key": 1201,
        "kind": "call",
        "system": "hubspot",
        "subject": "First call",
        "body": "",
        "owner_key": SELLER,
        "person_key": PERSON,
        "company_key": COMPANY,
        "deal_key": None,
        "created_at": BORN,
        "scheduled_at": BORN,
        "ends_at": None,
        "completed_at": None,
        "outcome": None,
    }
    return Activity(**values | changes)


def life(*items: Any, **lists: Any) -> Life:
    """A life of these companies, people, deals and activities."""
    found = Life(number=1)
    for item in items:
        {
            Company: found.companies,
            Person: found.people,
            Deal: found.deals,
            Activity: found.activities,
        }[type(item)].append(item)  # type: ignore[attr-defined]
    for name, values in lists.items():
        setattr(found, name, values)
    return found


class Portal:
    """HubSpot's rows of one life at an instant, by key of the neutral object."""

    def __init__(self, shown: Life, when: datetime = LATER) -> None:
        rows = list(hubspot_view.life(ORG, shown, when))
        self.records = [row for row in rows if isinstance(row, HubspotObject)]
        self.history = [row for row in rows if isinstance(row, HubspotHistory)]
        self.associations = [row for row in rows if isinstance(row, HubspotAssociation)]

    def record(self, kind: str, position: int = 0) -> HubspotObject:
        return [row for row in self.records if row.type == kind][position]

    def values(self, kind: str, position: int = 0) -> dict[str, str | None]:
        found: dict[str, str | None] = json.loads(self.record(kind, position).properties)
        return found

    def changes(self, name: str) -> list[tuple[int, str | None]]:
        return [(row.at, row.value) for row in self.history if row.property == name]

    def links(self, from_type: str, to_type: str) -> set[int]:
        return {
            row.type_id
            for row in self.associations
            if row.from_type == from_type and row.to_type == to_type
        }


class Crm:
    """Salesforce's rows of one life at an instant."""

    def __init__(self, shown: Life, when: datetime = LATER) -> None:
        self.rows = [
            row
            for row in salesforce_view.life(ORG, shown, when)
            if isinstance(row, SalesforceRecord)
        ]

    def all(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(row.fields) for row in self.rows if row.object == name]

    def row(self, name: str) -> SalesforceRecord:
        return next(row for row in self.rows if row.object == name)

    def one(self, name: str) -> dict[str, Any]:
        return self.all(name)[0]


def documents(kind: str, when: datetime = LATER) -> list[dict[str, Any]]:
    return [
        json.loads(row.document)
        for row in hubspot_view.organisation(ORG, when)
        if isinstance(row, HubspotDocument) and row.kind == kind
    ]


def settings(name: str, when: datetime = LATER) -> list[dict[str, Any]]:
    return [
        json.loads(row.fields)
        for row in salesforce_view.organisation(ORG, when)
        if isinstance(row, SalesforceRecord) and row.object == name
    ]


def milliseconds(when: datetime) -> int:
    return int(when.timestamp()) * 1000
