"""The lives of customers: small ones in HubSpot, large ones in Salesforce, some of them in both."""

from __future__ import annotations

from datetime import datetime, timedelta
from heapq import heappop, heappush

from sandbox.company import names
from sandbox.company.aftermath import befall, deliver
from sandbox.company.deeds import work_on
from sandbox.company.leads import channel, land
from sandbox.company.model import Company, Person, Timeline
from sandbox.company.org import ENTERPRISE_LATAM, ENTERPRISE_US
from sandbox.company.plan import CLOSED, after, lognormal_days, plan
from sandbox.company.story import BOTH, CURRENCIES, ONLY_HUBSPOT, ONLY_SALESFORCE, Story

_MAX_DEALS = 9
_WIN_RATES = {"new": 0.36, "expansion": 0.55, "renewal": 0.8}


def write_small(story: Story, at: datetime, until: datetime | None) -> None:
    rng = story.rng
    country, team = land(story)
    company = story.company(at, country, team, ONLY_HUBSPOT)
    was_lead = rng.random() > 0.06
    owner = Timeline(*company.owner)
    first = story.person(
        company,
        country,
        owner=owner,
        channel=channel(story),
        hubspot_at=at,
        lead_at=at if was_lead else None,
    )
    first.marketing_qualified_at = after(rng, at, lognormal_days(rng, 3)) if was_lead else None
    first.qualified_at = after(rng, first.marketing_qualified_at or at, lognormal_days(rng, 4))
    created_at = after(rng, first.qualified_at, lognormal_days(rng, 1))
    people = [first]
    if rng.random() < 0.3:
        people.append(
            story.person(
                company, country, owner=owner, channel=first.channel, hubspot_at=first.qualified_at
            )
        )
    if not was_lead:
        first.qualified_at = None
    _follow(story, company, people, created_at, until, segment="smb", synced=False)


def write_enterprise(story: Story, at: datetime, until: datetime | None, *, in_both: bool) -> None:
    rng = story.rng
    country = rng.choices(("BR", "MX", "US"), (28, 22, 50))[0]
    team = ENTERPRISE_US if country == "US" else ENTERPRISE_LATAM
    systems = BOTH if in_both else ONLY_SALESFORCE
    converted_at = after(rng, at, lognormal_days(rng, 8))
    company = story.company(
        at, country, team, systems, link="domain" if rng.random() < 0.2 else "sync"
    )
    # The account is made when the lead is converted; HubSpot knew the company from the beginning.
    company.salesforce_at = converted_at
    was_lead = in_both or rng.random() < 0.8
    first = story.person(
        company,
        country,
        owner=Timeline(*company.owner),
        channel=channel(story),
        hubspot_at=at if in_both else None,
        lead_at=at if was_lead else None,
        salesforce_lead_at=(at + timedelta(minutes=3) if in_both else at) if was_lead else None,
        salesforce_contact_at=converted_at,
        link="email" if rng.random() < 0.2 else "sync",
    )
    if was_lead:
        first.qualified_at = converted_at
        first.marketing_qualified_at = at + (converted_at - at) / 2 if in_both else None
        if first.marketing_qualified_at:
            first.marketing_qualified_at = first.marketing_qualified_at.replace(microsecond=0)
    people = [first]
    for _ in range(int(rng.random() * 3)):
        people.append(
            story.person(
                company,
                country,
                owner=Timeline(*company.owner),
                channel=first.channel,
                hubspot_at=converted_at if in_both else None,
                salesforce_contact_at=converted_at + timedelta(minutes=2),
                link="sync",
            )
        )
    created_at = converted_at + timedelta(minutes=5)
    synced = in_both and rng.random() < 0.75
    _follow(story, company, people, created_at, until, segment="enterprise", synced=synced)


def _follow(
    story: Story,
    company: Company,
    people: list[Person],
    created_at: datetime,
    until: datetime | None,
    *,
    segment: str,
    synced: bool,
) -> None:
    """The deals of an account, each one leading to the next, until it is lost sight of."""
    rng = story.rng
    currency = CURRENCIES[company.country]
    if segment == "enterprise" and rng.random() < 0.15:
        currency = "EUR"
    in_salesforce = segment == "enterprise"
    systems = BOTH if synced else ONLY_SALESFORCE if in_salesforce else ONLY_HUBSPOT
    queue: list[tuple[datetime, str]] = [(created_at, "new")]
    written = 0
    while queue and written < _MAX_DEALS:
        start, deal_type = heappop(queue)
        if until is not None and start > until:
            return
        pipeline_key = "salesforce" if in_salesforce else "default"
        if deal_type == "renewal" and not in_salesforce:
            pipeline_key = "renewals"
        steps = plan(rng, pipeline_key, start, win_rate=_WIN_RATES[deal_type])
        deal = story.deal(
            company,
            people,
            steps,
            pipeline_key=pipeline_key,
            deal_type=deal_type,
            systems=systems,
            segment=segment,
            currency=currency,
            coupon=story.pick(names.COUPONS) if rng.random() < 0.08 else None,
            amount="lines" if rng.random() > 0.02 else None,
        )
        if not written and people[0].salesforce_lead_at:
            people[0].converted_deal_key = deal.key
        written += 1
        work_on(story, deal, company, people, int(rng.lognormvariate(2.1, 0.5)))
        if befall(story, company, people, deal, is_first=written == 1):
            continue
        closed_at, end = steps[-1]
        if CLOSED[end]:
            deliver(story, company, people, deal, closed_at, in_salesforce=in_salesforce)
            if rng.random() < 0.38:
                heappush(queue, (after(rng, closed_at, lognormal_days(rng, 150)), "expansion"))
            if deal_type != "expansion" and rng.random() < 0.7:
                heappush(queue, (after(rng, closed_at, 305 + rng.random() * 30), "renewal"))
        elif deal_type == "new" and rng.random() < 0.22:
            heappush(queue, (after(rng, closed_at, 40 + lognormal_days(rng, 90)), "new"))
