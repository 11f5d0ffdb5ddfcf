"""The pen: makes the records of one life, with keys and words, and keeps the rules of the company.

Rules kept here: an owner works in every CRM that holds the record and is still employed; a closed
deal's close date is the business day of its closing; what happened to a record after it was deleted
did not happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from sandbox.company import names
from sandbox.company.basket import basket
from sandbox.company.dates import business_day
from sandbox.company.model import (
    HUBSPOT,
    PIPEDRIVE,
    SALESFORCE,
    Company,
    Deal,
    Life,
    Line,
    Organisation,
    Person,
    Timeline,
)
from sandbox.company.plan import CLOSED, Steps, lognormal_days, office, typical_days

T = TypeVar("T")

KEYS_PER_LIFE = 1000
CURRENCIES = {"BR": "BRL", "MX": "MXN", "US": "USD"}
BOTH = frozenset((HUBSPOT, SALESFORCE))
ONLY_HUBSPOT = frozenset((HUBSPOT,))
ONLY_SALESFORCE = frozenset((SALESFORCE,))
ONLY_PIPEDRIVE = frozenset((PIPEDRIVE,))

_SYNC_DELAY = timedelta(seconds=95)


class Story:
    """Writes one life."""

    def __init__(self, org: Organisation, number: int, rng: Random) -> None:
        self.org = org
        self.rng = rng
        self.life = Life(number)
        self._key = number * KEYS_PER_LIFE

    def key(self) -> int:
        self._key += 1
        if self._key >= (self.life.number + 1) * KEYS_PER_LIFE:
            raise OverflowError(f"life {self.life.number} has more records than keys")
        return self._key

    def pick(self, values: Sequence[T]) -> T:
        return values[int(self.rng.random() * len(values))]

    def office(self, instant: datetime) -> datetime:
        return office(self.rng, instant)

    def owners(self, team_key: int, at: datetime, systems: frozenset[str]) -> Timeline[int]:
        """Who looks after an account from an instant on: a new one whenever the old one leaves."""
        chain: Timeline[int] = Timeline()
        start = at
        while True:
            rep_key, left_at = self._hire(team_key, start, systems)
            chain.set(start, rep_key)
            if left_at is None:
                return chain
            start = left_at

    def _hire(
        self, team_key: int, at: datetime, systems: frozenset[str]
    ) -> tuple[int, datetime | None]:
        team = [
            rep
            for rep in self.org.reps
            if rep.team_key == team_key
            and systems <= rep.systems
            and rep.joined_at <= at
            and (rep.left_at is None or at < rep.left_at)
        ]
        sellers = [rep for rep in team if not rep.is_manager] or team
        # A newcomer gets a third of a full share, and a full one after half a year.
        shares = [min(1.0, 0.33 + (at - rep.joined_at).days / 270) for rep in sellers]
        chosen = self.rng.choices(sellers, shares)[0]
        return chosen.key, chosen.left_at

    def company(
        self,
        at: datetime,
        country: str,
        team_key: int,
        systems: frozenset[str],
        *,
        link: str | None = None,
        name: str | None = None,
        domain: str | None = None,
    ) -> Company:
        rng = self.rng
        key = self.key()
        words = f"{self.pick(names.COMPANY_WORDS)} {self.pick(names.COMPANY_WORDS)}"
        name = name or f"{words} {self.pick(names.COMPANY_ENDINGS[country])}"
        employees = int(rng.lognormvariate(3.4, 0.9)) + 1
        company = Company(
            key=key,
            name=Timeline((at, name)),
            domain=domain or f"{names.plain(words)}-{key}.example",
            country=country,
            city=self.pick(names.CITIES[country]),
            industry=self.pick(names.INDUSTRIES),
            employees=employees * 12 if SALESFORCE in systems else employees,
            owner=self.owners(team_key, at, systems),
            hubspot_at=at if HUBSPOT in systems else None,
            salesforce_at=at if SALESFORCE in systems else None,
            link=link if systems == BOTH else None,
            pipedrive_at=at if PIPEDRIVE in systems else None,
        )
        self.life.companies.append(company)
        return company

    def person(
        self,
        company: Company | None,
        country: str,
        *,
        owner: Timeline[int | None],
        channel: str,
        hubspot_at: datetime | None = None,
        lead_at: datetime | None = None,
        salesforce_lead_at: datetime | None = None,
        salesforce_contact_at: datetime | None = None,
        pipedrive_at: datetime | None = None,
        link: str | None = None,
        name: tuple[str, str] | None = None,
        domain: str | None = None,
    ) -> Person:
        key = self.key()
        first, last = name or (
            self.pick(names.FIRST_NAMES[country]),
            self.pick(names.LAST_NAMES[country]),
        )
        domain = domain or (company.domain if company else self.pick(names.FREE_DOMAINS))
        in_both = hubspot_at is not None and (salesforce_lead_at or salesforce_contact_at)
        homes = (hubspot_at, salesforce_lead_at, salesforce_contact_at, pipedrive_at)
        born_at = min(at for at in homes if at)
        person = Person(
            key=key,
            first_name=first,
            last_name=last,
            email=f"{names.plain(first)}.{names.plain(last)}.{key}@{domain}",
            phone=names.phone(self.rng, key) if self.rng.random() < 0.8 else None,
            job_title=self.pick(names.TITLES),
            country=country,
            company_key=company.key if company else None,
            owner=owner,
            channel=channel,
            campaign_key=self.campaign(channel, born_at),
            hubspot_at=hubspot_at,
            salesforce_lead_at=salesforce_lead_at,
            salesforce_contact_at=salesforce_contact_at,
            link=link if in_both else None,
            lead_at=lead_at,
            pipedrive_at=pipedrive_at,
        )
        self.life.people.append(person)
        return person

    def campaign(self, channel: str, at: datetime) -> int | None:
        day = business_day(at)
        for campaign in self.org.campaigns:
            if campaign.channel == channel and campaign.starts_on <= day <= campaign.ends_on:
                return campaign.key
        return None

    def deal(
        self,
        company: Company,
        people: Sequence[Person],
        steps: Steps,
        *,
        pipeline_key: str,
        deal_type: str,
        systems: frozenset[str],
        segment: str = "smb",
        currency: str | None = None,
        coupon: str | None = None,
        amount: Decimal | str | None = "lines",
    ) -> Deal:
        """A deal that takes the given steps. `amount` "lines" sells products; else it has none."""
        created_at = steps[0][0]
        currency = currency or CURRENCIES[company.country]
        amounts: Timeline[Decimal | None] = Timeline()
        lines: list[Line] = []
        if isinstance(amount, str):
            # Quoted at the third step, or at the last one before the closing.
            quoted = max(0, min(2, len(steps) - 2))
            quoted_at = steps[quoted][0]
            lines = basket(
                self.rng, self.key, segment, currency, quoted_at, has_coupon=coupon is not None
            )
            total = sum((line.amount for line in lines), Decimal(0))
            if quoted:
                guess = total * self.rng.randrange(60, 150) / 100
                amounts.set(created_at, guess.quantize(Decimal(100)).quantize(Decimal("0.01")))
            amounts.set(quoted_at, total)
        else:
            amounts.set(created_at, amount)
        is_lost = not CLOSED.get(steps[-1][1], True)
        deal = Deal(
            key=self.key(),
            name=Timeline((created_at, f"{_last(company.name)} - {_DEAL_NAMES[deal_type]}")),
            company_key=company.key,
            person_keys=tuple(person.key for person in people),
            pipeline_key=pipeline_key,
            currency=currency,
            deal_type=deal_type,
            channel=people[0].channel if people else "direct",
            campaign_key=people[0].campaign_key if people else None,
            created_at=created_at,
            # The sync brings a new opportunity over with its next run.
            hubspot_at=created_at + _SYNC_DELAY * (systems == BOTH) if HUBSPOT in systems else None,
            salesforce_at=created_at if SALESFORCE in systems else None,
            stage=Timeline(*steps),
            amount=amounts,
            close_on=self._close_dates(steps, pipeline_key),
            owner=self._deal_owner(company.owner, steps),
            next_step=Timeline(
                (created_at, None),
                *(
                    (at, self.pick(names.NEXT_STEPS))
                    for at, stage in steps[1:3]
                    if stage not in CLOSED
                ),
            ),
            lines=lines,
            coupon=coupon,
            loss_reason=self.pick(names.LOSS_REASONS) if is_lost else None,
            pipedrive_at=created_at if PIPEDRIVE in systems else None,
        )
        self.life.deals.append(deal)
        return deal

    def _close_dates(self, steps: Steps, pipeline_key: str) -> Timeline[date]:
        days = int(lognormal_days(self.rng, typical_days(pipeline_key)))
        expected = business_day(steps[0][0]) + timedelta(days=days)
        found: Timeline[date] = Timeline((steps[0][0], expected))
        for at, stage in steps[1:]:
            day = business_day(at)
            if stage in CLOSED:
                expected = day
            elif expected <= day:
                expected = day + timedelta(days=self.rng.randrange(7, 50))
            else:
                continue
            found.set(at, expected)
        return found

    def _deal_owner(self, chain: Timeline[int], steps: Steps) -> Timeline[int]:
        created_at, (ended_at, last) = steps[0][0], steps[-1]
        found = Timeline((created_at, chain.at(created_at) or _first(chain)))
        keeps = last in CLOSED and self.rng.random() < 0.7
        for at, owner in chain:
            if at > created_at and (at < ended_at or not keeps):
                found.set(at, owner)
        return found

    def delete_deal(self, deal: Deal, at: datetime, *, merged_into: Deal | None = None) -> None:
        """The deal disappears; Salesforce takes the deal's tasks and events with it."""
        deal.deleted_at = at
        deal.merged_into = merged_into.key if merged_into else None
        deal.stage = cut(deal.stage, at)
        deal.amount = cut(deal.amount, at)
        deal.close_on = cut(deal.close_on, at)
        deal.owner = cut(deal.owner, at)
        deal.next_step = cut(deal.next_step, at)
        deal.lines = [line for line in deal.lines if line.created_at < at]
        self.life.activities = [
            activity
            for activity in self.life.activities
            if activity.deal_key != deal.key or activity.created_at < at
        ]
        for activity in self.life.activities:
            if activity.deal_key == deal.key and activity.system == SALESFORCE:
                activity.deleted_at = min(at, activity.deleted_at or at)


_DEAL_NAMES = {"new": "New business", "expansion": "Expansion", "renewal": "Renewal"}


def cut(timeline: Timeline[T], at: datetime) -> Timeline[T]:
    """What had been set before the instant."""
    return Timeline(*(entry for entry in timeline if entry[0] < at))


def _first(timeline: Timeline[int]) -> int:
    entry = timeline.first()
    if entry is None:
        raise ValueError("an owner chain is never empty")
    return entry[1]


def _last(timeline: Timeline[str]) -> str:
    *_, (_, value) = timeline
    return value
