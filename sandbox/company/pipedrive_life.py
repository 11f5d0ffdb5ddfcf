"""The lives of the partner unit: leads that came to nothing, and customers with their deals.

Like the others, a life is a function of the seed and its number; the numbers begin far above
those of the rest of the company, so no key and no address is ever in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sandbox.company.births import Config, birth_among, born_among
from sandbox.company.dates import out_of_empty_month
from sandbox.company.deeds import act, work_on
from sandbox.company.leads import channel
from sandbox.company.model import PIPEDRIVE, Company, Deal, Life, Person, Timeline
from sandbox.company.pipedrive_cases import PARTNER_CASES
from sandbox.company.pipedrive_org import PARTNERS, partner_unit
from sandbox.company.plan import CLOSED, after, lognormal_days, plan
from sandbox.company.story import CURRENCIES, KEYS_PER_LIFE, ONLY_PIPEDRIVE, Story

FIRST_LIFE = 40_000_000
FIRST_KEY = FIRST_LIFE * KEYS_PER_LIFE

# The unit has a deal for twenty of the others; measured over 20,000 lives. The planted cases are
# among them, at every scale.
_SHARE = 0.05
_DEALS_PER_LIFE = 0.877
_PLANTED_DEALS = 21
_MAX_DEALS = 6
_GOLDEN = 0.6180339887498949
_WIN_RATES = {"new": 0.34, "expansion": 0.5, "renewal": 0.78}


def partner_lives(config: Config, at: datetime) -> Iterator[Life]:
    """Every life of the unit that may have begun by the instant."""
    if not config.has_partners:
        return
    ordinary = born_among(_lives_at_default(config), at + timedelta(days=1))
    for number in range(len(PARTNER_CASES) + ordinary):
        yield partner_life(config, number, until=at)


def partner_life(config: Config, number: int, *, until: datetime | None = None) -> Life:
    """The life with this number, from 0."""
    rng = Random(f"partners:{config.seed}:{number}")
    story = Story(partner_unit(), FIRST_LIFE + number, rng)
    if number < len(PARTNER_CASES):
        PARTNER_CASES[number](story)
        return story.life
    index = number - len(PARTNER_CASES)
    at = story.office(birth_among(_lives_at_default(config), index))
    mix = ((index + 1) * _GOLDEN + config.seed * 0.1) % 1
    country = "BR" if mix * 7 % 1 < 0.4 else "MX" if mix * 7 % 1 < 0.65 else "US"
    if mix < 0.35:
        _write_lead(story, at, country)
    else:
        _write_customer(story, at, country, until)
    return story.life


def _lives_at_default(config: Config) -> float:
    return max(1.0, (config.deals * _SHARE - _PLANTED_DEALS) / _DEALS_PER_LIFE)


def _person(story: Story, at: datetime, country: str, company: Company) -> Person:
    """Pipedrive keeps no lead once it has become a deal: whoever is entered counts as one."""
    return story.person(
        company,
        country,
        owner=Timeline(*company.owner),
        channel=channel(story),
        pipedrive_at=at,
        lead_at=at,
    )


def _write_lead(story: Story, at: datetime, country: str) -> None:
    rng = story.rng
    company = story.company(at, country, PARTNERS, ONLY_PIPEDRIVE)
    person = _person(story, at, country, company)
    if rng.random() < 0.5:
        person.disqualified_at = after(rng, at, lognormal_days(rng, 25))
    for _ in range(int(rng.random() * 4)):
        when = after(rng, at, lognormal_days(rng, 9))
        act(
            story,
            when,
            system=PIPEDRIVE,
            owner_key=company.owner.at(when) or 0,
            person=person,
            company=company,
            deal=None,
            not_before=at + timedelta(minutes=10),
        )
    if rng.random() < 0.03:
        person.deleted_at = after(rng, at, lognormal_days(rng, 40))


def _write_customer(story: Story, at: datetime, country: str, until: datetime | None) -> None:
    rng = story.rng
    company = story.company(at, country, PARTNERS, ONLY_PIPEDRIVE)
    people = [_person(story, at, country, company)]
    if rng.random() < 0.3:
        second_at = out_of_empty_month(after(rng, at, lognormal_days(rng, 10)))
        _person(story, second_at, country, company)
    currency = "EUR" if rng.random() < 0.08 else CURRENCIES[country]
    start, deal_type = after(rng, at, lognormal_days(rng, 4)), "new"
    people[0].qualified_at = start
    for number in range(_MAX_DEALS):
        if until is not None and start > until:
            return
        deal = _deal(story, company, people, start, deal_type=deal_type, currency=currency)
        if number and _befalls(story, deal):
            return
        *_, (closed_at, end) = deal.stage
        if end not in CLOSED:
            return
        _shelve(story, deal, closed_at)
        drawn = rng.random()
        if CLOSED[end] and drawn < 0.35:
            start, deal_type = after(rng, closed_at, lognormal_days(rng, 140)), "expansion"
        elif CLOSED[end] and drawn < 0.75:
            start, deal_type = after(rng, closed_at, 310 + rng.random() * 30), "renewal"
        elif not CLOSED[end] and deal_type == "new" and drawn < 0.2:
            start = after(rng, closed_at, 40 + lognormal_days(rng, 80))
        else:
            return


def _deal(
    story: Story,
    company: Company,
    people: list[Person],
    start: datetime,
    *,
    deal_type: str,
    currency: str,
) -> Deal:
    rng = story.rng
    pipeline_key = "partner_renewals" if deal_type == "renewal" else "partner_sales"
    deal = story.deal(
        company,
        people,
        plan(rng, pipeline_key, start, win_rate=_WIN_RATES[deal_type]),
        pipeline_key=pipeline_key,
        deal_type=deal_type,
        systems=ONLY_PIPEDRIVE,
        currency=currency,
        amount="lines" if rng.random() > 0.02 else None,
    )
    work_on(story, deal, company, people, int(rng.lognormvariate(1.7, 0.5)))
    return deal


def _befalls(story: Story, deal: Deal) -> bool:
    """Now and then a deal is deleted. Never a first one: it is what qualified the person."""
    if story.rng.random() > 0.04:
        return False
    story.delete_deal(deal, after(story.rng, deal.created_at, 1 + lognormal_days(story.rng, 12)))
    return True


def _shelve(story: Story, deal: Deal, closed_at: datetime) -> None:
    """Old deals are archived, which takes them out of the lists and changes nothing else."""
    if story.rng.random() < 0.25:
        deal.archived_at = after(story.rng, closed_at, 90 + lognormal_days(story.rng, 60))
