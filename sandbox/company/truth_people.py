"""The golden numbers of people: leads, which of them were qualified and won, and how they answered."""

from __future__ import annotations

from datetime import date

from sandbox.company.dates import business_day
from sandbox.company.model import Person, Survey
from sandbox.company.tally import Period, Tally, periods_of
from sandbox.company.truth_deals import CountedDeal
from sandbox.company.visible import Visible

_SATISFIED = 4


def count_people(view: Visible, won: list[CountedDeal], tally: Tally) -> None:
    last_win = _last_wins(view, won)
    for person in view.people():
        if person.lead_at is None or person.lead_at > view.at:
            continue
        day = business_day(person.lead_at)
        periods = periods_of(day)
        tally.add("leads_created", periods, (("lead_source", person.channel),), numerator=1)
        win = last_win.get(person.key)
        converted = int(win is not None and win >= day)
        tally.add("lead_conversion_rate_cohort", periods, numerator=converted, denominator=1)
        qualified = int(_is_qualified(view, person))
        tally.add("qualified_lead_rate", periods, numerator=qualified, denominator=1)
    _count_answers(view, tally)


def _last_wins(view: Visible, won: list[CountedDeal]) -> dict[int, date]:
    """The latest winning day of each person's deals: any win since being a lead is a conversion."""
    converted_to = {person.converted_deal_key: person.key for person in view.life.people}
    found: dict[int, date] = {}
    for deal in won:
        people = set(deal.person_keys) if view.is_linked(deal.deal) else set()
        if deal.deal.key in converted_to:
            people.add(converted_to[deal.deal.key])
        for key in people:
            if deal.closed_on:
                found[key] = max(deal.closed_on, found.get(key, deal.closed_on))
    return found


def _is_qualified(view: Visible, person: Person) -> bool:
    """HubSpot keeps the instant, Pipedrive the first deal; Salesforce knows a qualified lead by its
    conversion."""
    kept_at = (person.hubspot_at, person.pipedrive_at)
    is_kept = view.happened(*kept_at) and view.happened(person.qualified_at)
    converted = person.salesforce_lead_at is not None and view.happened(
        person.salesforce_contact_at
    )
    return is_kept or converted


def _count_answers(view: Visible, tally: Tally) -> None:
    """The last answer per person, survey and period."""
    winners = {
        person.key: person.merged_into
        for person in view.life.people
        if person.merged_into is not None and view.happened(person.deleted_at)
    }
    last: dict[tuple[Period, str, str], Survey] = {}
    for survey in sorted(view.surveys(), key=lambda each: each.answered_at):
        if survey.kind != "CSAT":
            continue
        who = f"answer {survey.key}"
        if survey.person_key is not None:
            who = f"person {winners.get(survey.person_key, survey.person_key)}"
        for period in periods_of(business_day(survey.answered_at)):
            last[period, who, survey.survey_id] = survey
    for (period, _, _), survey in last.items():
        satisfied = int(survey.score >= _SATISFIED)
        tally.add("csat", (period,), numerator=satisfied, denominator=1)
