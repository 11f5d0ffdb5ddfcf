"""What the cases of several CRMs are written with: one record at a time, in one CRM at a time.

Whatever is entered once more carries `copy_of`: that is the truth that no CRM knows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.company.casework import told
from sandbox.company.model import (
    HUBSPOT,
    PIPEDRIVE,
    SALESFORCE,
    Company,
    Deal,
    Person,
    Timeline,
)
from sandbox.company.org import (
    ENTERPRISE_LATAM,
    ENTERPRISE_US,
    SMB_BRAZIL,
    SMB_MEXICO,
    SMB_US,
)
from sandbox.company.pipedrive_org import PARTNERS
from sandbox.company.story import Story

_TEAMS = {
    HUBSPOT: {"BR": SMB_BRAZIL, "MX": SMB_MEXICO, "US": SMB_US},
    SALESFORCE: {"BR": ENTERPRISE_LATAM, "MX": ENTERPRISE_LATAM, "US": ENTERPRISE_US},
    PIPEDRIVE: {"BR": PARTNERS, "MX": PARTNERS, "US": PARTNERS},
}
_PIPELINES = {HUBSPOT: "default", SALESFORCE: "salesforce", PIPEDRIVE: "partner_sales"}
_STAGES = {
    HUBSPOT: ("appointmentscheduled", "qualifiedtobuy", "closedwon"),
    SALESFORCE: ("Prospecting", "Qualification", "Closed Won"),
    PIPEDRIVE: ("11", "12", "won"),
}


def enter_company(
    story: Story,
    system: str,
    at: datetime,
    name: str,
    country: str,
    *,
    domain: str = "",
    tax_id: str | None = None,
    copy_of: Company | None = None,
) -> Company:
    """A company typed into one CRM. Without a domain, nobody there knows it."""
    systems = frozenset((system,))
    company = story.company(at, country, _TEAMS[system][country], systems, name=name)
    company.domain, company.tax_id = domain, tax_id
    company.copy_of = copy_of.key if copy_of else None
    return company


def enter_person(
    story: Story,
    system: str,
    at: datetime,
    company: Company,
    name: str,
    *,
    email: str | None = None,
    phone: str | None = None,
    copy_of: Person | None = None,
    is_lead: bool = True,
) -> Person:
    """Somebody typed into one CRM. A copy is entered later and brings no lead of its own, but in
    Pipedrive, where everybody is one."""
    first, _, last = name.partition(" ")
    counts_as_lead = system == PIPEDRIVE or (system == HUBSPOT and is_lead and copy_of is None)
    person = story.person(
        company,
        company.country,
        owner=Timeline(*company.owner),
        channel="referral",
        hubspot_at=at if system == HUBSPOT else None,
        salesforce_contact_at=at if system == SALESFORCE else None,
        pipedrive_at=at if system == PIPEDRIVE else None,
        lead_at=at if counts_as_lead else None,
        name=(first, last),
    )
    person.email, person.phone, person.campaign_key = email, phone, None
    person.copy_of = copy_of.key if copy_of else None
    return person


def enter_deal(
    story: Story,
    system: str,
    at: datetime,
    company: Company,
    *,
    name: str,
    amount: str,
    days: float = 24,
    owner: int | None = None,
    copy_of: Deal | None = None,
) -> Deal:
    """A deal typed into one CRM and won after some days."""
    first, second, won = _STAGES[system]
    steps = told(at, (0, first), (days / 3, second), (days, won))
    deal = story.deal(
        company,
        [],
        steps,
        pipeline_key=_PIPELINES[system],
        deal_type="new",
        systems=frozenset((system,)),
        segment="smb" if system == HUBSPOT else "enterprise",
        amount=Decimal(amount),
    )
    deal.name = Timeline((at, name))
    deal.copy_of = copy_of.key if copy_of else None
    if owner is not None:
        deal.owner = Timeline((at, owner))
    return deal


def later(at: datetime, days: float) -> datetime:
    return at + timedelta(days=days)
