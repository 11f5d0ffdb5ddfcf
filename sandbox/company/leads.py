"""The lives of those who never bought, and what every first contact has: a land and a channel."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.company.dates import out_of_empty_month
from sandbox.company.deeds import act
from sandbox.company.model import HUBSPOT, Company, Person, Timeline
from sandbox.company.org import (
    ENTERPRISE_LATAM,
    ENTERPRISE_US,
    SMB_BRAZIL,
    SMB_MEXICO,
    SMB_US,
)
from sandbox.company.plan import after, lognormal_days
from sandbox.company.story import BOTH, ONLY_HUBSPOT, ONLY_SALESFORCE, Story

_CHANNELS = (
    "organic_search", "paid_search", "email", "social", "referral", "direct", "event", "other",
)  # fmt: skip
_CHANNEL_WEIGHTS = (24, 20, 12, 12, 12, 10, 8, 2)


def channel(story: Story) -> str:
    return story.rng.choices(_CHANNELS, _CHANNEL_WEIGHTS)[0]


def land(story: Story) -> tuple[str, int]:
    """A country and its small-business team."""
    return story.rng.choices(
        (("BR", SMB_BRAZIL), ("MX", SMB_MEXICO), ("US", SMB_US)), (42, 28, 30)
    )[0]


def write_lead(story: Story, at: datetime, share: float) -> None:
    """Somebody who never bought. `share` (0 to 1) decides where the lead is kept."""
    rng = story.rng
    country, team = land(story)
    systems = ONLY_HUBSPOT
    if share > 0.8:
        team = ENTERPRISE_US if country == "US" else ENTERPRISE_LATAM
        systems = ONLY_SALESFORCE if share < 0.92 else BOTH
    owners = story.owners(team, at, systems)
    company = None
    if share < 0.25:
        company = story.company(at, country, team, systems)
    person = story.person(
        company,
        country,
        owner=Timeline(*owners),
        channel=channel(story),
        hubspot_at=at if HUBSPOT in systems else None,
        lead_at=at,
        salesforce_lead_at=None
        if systems == ONLY_HUBSPOT
        else at + timedelta(minutes=4)
        if systems == BOTH
        else at,
        link="email" if share > 0.97 else "sync",
    )
    if HUBSPOT in systems and rng.random() < 0.45:
        person.marketing_qualified_at = after(rng, at, lognormal_days(rng, 5))
        if rng.random() < 0.3:
            person.qualified_at = after(rng, person.marketing_qualified_at, lognormal_days(rng, 6))
    if rng.random() < 0.5:
        last = person.qualified_at or person.marketing_qualified_at or at
        person.disqualified_at = after(rng, last, lognormal_days(rng, 25))
    for _ in range(int(rng.random() * 5)):
        when = after(rng, at, lognormal_days(rng, 9))
        act(
            story,
            when,
            system=story.pick(sorted(systems)),
            owner_key=owners.at(when) or 0,
            person=person,
            company=company,
            deal=None,
            not_before=at + timedelta(minutes=10),
        )
    fate = rng.random()
    gone_at = after(rng, at, lognormal_days(rng, 40))
    if fate < 0.02:
        person.deleted_at = gone_at
        if company:
            company.deleted_at = gone_at
    elif fate < 0.035 and systems == ONLY_HUBSPOT:
        _twin(story, person, company, owners, at=at, merged_at=gone_at)


def _twin(
    story: Story,
    person: Person,
    company: Company | None,
    owners: Timeline[int],
    *,
    at: datetime,
    merged_at: datetime,
) -> None:
    """The same person came a second time with another address, and was merged."""
    second_at = at + (merged_at - at) / 3
    twin = story.person(
        company,
        person.country,
        owner=Timeline((second_at.replace(microsecond=0), owners.at(second_at))),
        channel=person.channel,
        hubspot_at=out_of_empty_month(second_at.replace(microsecond=0)),
        name=(person.first_name, person.last_name),
    )
    twin.lead_at = twin.hubspot_at
    twin.deleted_at = max(merged_at, (twin.hubspot_at or at) + timedelta(days=1))
    twin.merged_into = person.key
