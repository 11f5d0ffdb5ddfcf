"""What the planted cases are written with: an account with its person, and a deal told in days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sandbox.company.dates import local
from sandbox.company.deeds import work_on
from sandbox.company.model import HUBSPOT, SALESFORCE, Company, Deal, Person, Timeline
from sandbox.company.org import (
    ENTERPRISE_LATAM,
    ENTERPRISE_US,
    SMB_BRAZIL,
    SMB_MEXICO,
    SMB_US,
)
from sandbox.company.plan import Steps
from sandbox.company.story import BOTH, Story

ONLY = {
    "hubspot": frozenset((HUBSPOT,)),
    "salesforce": frozenset((SALESFORCE,)),
    "both": BOTH,
}
_SMB = {"BR": SMB_BRAZIL, "MX": SMB_MEXICO, "US": SMB_US}
_ENTERPRISE = {"BR": ENTERPRISE_LATAM, "MX": ENTERPRISE_LATAM, "US": ENTERPRISE_US}

# Short names for the stages, in the order of their pipelines.
SMB = ("appointmentscheduled", "qualifiedtobuy", "presentationscheduled")
BOUGHT_IN, CONTRACT, WON, LOST = "decisionmakerboughtin", "contractsent", "closedwon", "closedlost"
DUE, TALKS, RENEWED, NOT_RENEWED = "1094527611", "1094527612", "1094527613", "1094527614"
BIG = ("Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote")
REVIEW, BIG_WON, BIG_LOST = "Negotiation/Review", "Closed Won", "Closed Lost"


def day(text: str, hour: int = 10, minute: int = 0) -> datetime:
    """A business day and local time."""
    return local(date.fromisoformat(text), hour, minute)


def account(
    story: Story,
    at: datetime,
    where: str = "hubspot",
    country: str = "BR",
    *,
    rep: int | None = None,
    link: str = "sync",
    person_link: str = "sync",
    was_lead: bool = True,
) -> tuple[Company, Person]:
    """A company and its first person. With `rep`, that one keeps it for ever."""
    in_salesforce = where != "hubspot"
    team = (_ENTERPRISE if in_salesforce else _SMB)[country]
    company = story.company(at, country, team, ONLY[where], link=link)
    if rep is not None:
        company.owner = Timeline((at, rep))
    converted_at = at + timedelta(days=6)
    if in_salesforce:
        company.salesforce_at = converted_at
    person = story.person(
        company,
        country,
        owner=Timeline(*company.owner),
        channel="referral",
        hubspot_at=None if where == "salesforce" else at,
        lead_at=at if was_lead else None,
        salesforce_lead_at=at + timedelta(minutes=2) if in_salesforce and was_lead else None,
        salesforce_contact_at=converted_at if in_salesforce else None,
        link=person_link,
    )
    if was_lead:
        person.qualified_at = converted_at if in_salesforce else at + timedelta(days=2)
        if where == "salesforce":
            person.lead_at = person.salesforce_lead_at
    return company, person


def told(start: datetime, *tale: tuple[float, str]) -> Steps:
    """Steps from days after the start and stages."""
    return [(start + timedelta(seconds=int(days * 86_400)), stage) for days, stage in tale]


def straight(start: datetime, pipeline: str, end: str, days: float) -> Steps:
    """Through every stage in even strides, without the one that is deleted later."""
    stages = {
        "default": [*SMB, CONTRACT],
        "renewals": [DUE, TALKS],
        "salesforce": [*BIG, REVIEW],
    }[pipeline]
    stride = days / len(stages)
    return told(start, *[(n * stride, s) for n, s in enumerate([*stages, end])])


def sell(
    story: Story,
    company: Company,
    people: list[Person],
    steps: Steps,
    *,
    pipeline: str = "default",
    deal_type: str = "new",
    where: str = "hubspot",
    amount: Decimal | str | None = "lines",
    activities: int = 4,
    currency: str | None = None,
) -> Deal:
    deal = story.deal(
        company,
        people,
        steps,
        pipeline_key=pipeline,
        deal_type=deal_type,
        systems=ONLY[where],
        segment="smb" if where == "hubspot" else "enterprise",
        amount=amount,
        currency=currency,
    )
    first = people[0] if people else None
    if where != "hubspot" and first and first.salesforce_lead_at and not first.converted_deal_key:
        first.converted_deal_key = deal.key
    work_on(story, deal, company, people, activities)
    return deal
