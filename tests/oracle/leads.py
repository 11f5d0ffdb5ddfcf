"""People: how they came, who was qualified, what became of them, and how soon they were answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.oracle.periods import Calendar
from tests.oracle.places import of_owner, of_person
from tests.oracle.records import Activity, Deal, World
from tests.oracle.tally import Durations, Motion, Place, Row, Sheet

OUTBOUND = ("call", "email", "meeting")


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    counts = {name: Sheet(calendar, name, "sum") for name in ("leads_created", "qualified_leads")}
    motions = {name: Motion(calendar.today) for name in _COHORTS}
    rates = {
        name: Sheet(calendar, name, "ratio", mature=motion.of_all)
        for name, motion in motions.items()
    }
    unanswered = Sheet(calendar, "unanswered_lead_share", "ratio")

    def follow(name: str, places: list[Place], since: date, made_it: Iterable[date]) -> None:
        """Whether it came to that, and on which day first."""
        reached = min(made_it, default=None)
        rates[name].add(since, places, int(reached is not None), 1)
        if reached is not None:
            motions[name].add((reached - since).days)

    response = Durations(calendar, "lead_response_minutes")
    deals = _deals_of_people(world)
    contacts = _contacts_of_people(world)
    for person in world.people.values():
        places = of_person(world, person)
        own = deals.get(person.key, [])
        if person.qualified_at is not None:
            day = calendar.day(person.qualified_at)
            counts["qualified_leads"].add(day, places, 1)
            follow("qualified_lead_conversion_cohort", places, day, _wins(own, day))
        if person.lead_at is None:
            continue
        day = calendar.day(person.lead_at)
        counts["leads_created"].add(day, places, 1)
        qualified = [calendar.day(person.qualified_at)] if person.qualified_at else []
        follow("qualified_lead_rate", places, day, qualified)
        begun = [d.created_on for d in own if d.created_on >= day and d.created_at < world.clock]
        follow("lead_to_opportunity_rate_cohort", places, day, begun)
        follow("lead_conversion_rate_cohort", places, day, _wins(own, day))
        answers = [at for at in contacts.get(person.key, []) if at >= person.lead_at]
        unanswered.add(day, places, int(not answers), 1)
        if answers:
            waited = (min(answers) - person.lead_at) / timedelta(milliseconds=1)
            response.add(day, places, Fraction(int(waited), 60_000))
    for sheet in (*counts.values(), *rates.values(), unanswered):
        yield from sheet.rows()
    yield from response.rows()
    yield from _effectiveness(world, calendar)


_COHORTS = (
    "qualified_lead_rate",
    "lead_to_opportunity_rate_cohort",
    "lead_conversion_rate_cohort",
    "qualified_lead_conversion_cohort",
)


def _deals_of_people(world: World) -> dict[int, list[Deal]]:
    found: dict[int, list[Deal]] = defaultdict(list)
    for deal in world.deals.values():
        for key in deal.people:
            found[key].append(deal)
    return found


def _wins(deals: list[Deal], since: date) -> list[date]:
    return [d.closed_on for d in deals if d.is_won and d.closed_on and d.closed_on >= since]


def _contacts_of_people(world: World) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for activity in world.activities:
        if activity.kind in OUTBOUND and activity.person is not None and activity.completed_at:
            found[activity.person].append(activity.completed_at)
    return found


@dataclass(frozen=True)
class Customers:
    """Since when each account is one."""

    since: dict[int, date]

    def has_bought(self, account: int | None, by: date) -> bool:
        return account is not None and account in self.since and self.since[account] <= by


def customers(world: World) -> Customers:
    since: dict[int, date] = {}
    for deal in world.deals.values():
        if deal.is_won and deal.closed_on is not None and deal.account is not None:
            since[deal.account] = min(deal.closed_on, since.get(deal.account, deal.closed_on))
    return Customers(since)


def _effectiveness(world: World, calendar: Calendar) -> Iterator[Row]:
    sheet = Sheet(calendar, "prospecting_effectiveness", "ratio", unsaid=("n",))
    for person in world.people.values():
        if person.qualified_at is not None:
            places = of_owner(world, person.owner)
            sheet.add(calendar.day(person.qualified_at), places, 1, 0)
    known = customers(world)
    for activity in world.activities:
        if _is_prospecting(activity, known, calendar) and activity.completed_at:
            places = of_owner(world, activity.owner)
            sheet.add(calendar.day(activity.completed_at), places, 0, 1)
    yield from sheet.rows()


def _is_prospecting(activity: Activity, known: Customers, calendar: Calendar) -> bool:
    if activity.kind not in OUTBOUND or activity.completed_at is None:
        return False
    if activity.person is None or activity.deal is not None:
        return False
    return not known.has_bought(activity.account, calendar.day(activity.completed_at))
