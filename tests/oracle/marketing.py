"""Visits, and what campaigns cost and bring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.oracle.periods import LONG, Calendar
from tests.oracle.places import attributed_campaign
from tests.oracle.records import Campaign, World
from tests.oracle.sales import closed_deals, purchases
from tests.oracle.tally import TOTAL, Place, Row, Sheet, rounded
from tests.oracle.working_days import days


def rows(world: World, calendar: Calendar) -> Iterator[Row]:
    yield from _sessions(world, calendar)
    roi = Sheet(calendar, "campaign_roi", "ratio", LONG)
    per_lead = Sheet(calendar, "cost_per_lead", "ratio", LONG)
    per_customer = Sheet(calendar, "customer_acquisition_cost", "ratio", LONG)
    for name, day, amount in daily_spend(world, calendar):
        roi.add(day, _places(name), -amount, amount, n=0)
        per_lead.add(day, _places(name), amount, 0, n=0)
        per_customer.add(day, _places(name), amount, 0, n=0)
    for each in closed_deals(world):
        name = attributed_campaign(world, each.deal)
        if each.deal.is_won and name is not None:
            roi.add(each.on, _places(name), each.base or Decimal(0), 0)
    for person in world.people.values():
        if person.lead_at is not None:
            per_lead.add(calendar.day(person.lead_at), _places(person.campaign), 0, 1)
    for bought in purchases(world).values():
        name = attributed_campaign(world, bought[0].deal)
        per_customer.add(bought[0].on, _places(name), 0, 1)
    for sheet in (roi, per_lead, per_customer):
        yield from sheet.rows()


def _places(campaign: str | None) -> list[Place]:
    return [TOTAL] if campaign is None else [TOTAL, ("campaign", campaign)]


def daily_spend(world: World, calendar: Calendar) -> Iterator[tuple[str, date, Decimal]]:
    """From the sheet where it knows the campaign; else its total, evenly over its days."""
    in_sheet = {each.campaign for each in world.spend}
    for each in world.spend:
        base = world.rates.base(each.amount, each.currency, each.spent_on)
        if base is not None:
            yield each.campaign, each.spent_on, base
    for campaign in world.campaigns.values():
        if campaign.name not in in_sheet:
            yield from ((campaign.name, *each) for each in spread_evenly(world, calendar, campaign))


def spread_evenly(
    world: World, calendar: Calendar, campaign: Campaign
) -> Iterator[tuple[date, Decimal]]:
    """The cents that rounding takes from one day stand on another: the parts are the total."""
    if campaign.starts_on is None:
        return
    total = world.rates.base(campaign.spend, campaign.currency, campaign.starts_on)
    if total is None:
        return
    last = campaign.ends_on or calendar.today
    whole = (last - campaign.starts_on).days + 1
    before = Decimal(0)
    for number, day in enumerate(days(campaign.starts_on, min(last, calendar.today)), 1):
        so_far = rounded(total * number / whole, 2) or Decimal(0)
        yield day, so_far - before
        before = so_far


def _sessions(world: World, calendar: Calendar) -> Iterator[Row]:
    visits = Sheet(calendar, "sessions", "sum")
    rate = Sheet(calendar, "session_to_lead_rate", "ratio", unsaid=("n",))
    known: set[tuple[date, str]] = set()
    for day, source, count in world.sessions:
        places = [TOTAL, ("lead_source", source)]
        visits.add(day, places, count, n=count)
        rate.add(day, places, 0, count)
        known.add((day, source))
    for person in world.people.values():
        if person.lead_at is None or person.lead_source is None:
            continue
        day = calendar.day(person.lead_at)
        if (day, person.lead_source) in known:
            rate.add(day, [TOTAL, ("lead_source", person.lead_source)], 1, 0)
    yield from visits.rows()
    yield from rate.rows()
