"""Tickets and survey answers in HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company.hubspot_deals_view import history
from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_links import link
from sandbox.company.hubspot_text import Properties, stamp, unset
from sandbox.company.identity import hubspot_id
from sandbox.company.model import HUBSPOT, Survey, Ticket, Timeline

TICKET_PIPELINE = "0"
TICKET_STAGES = {"new": "1", "waiting": "2", "closed": "4"}


def tickets(view: HubspotLife) -> Iterator[NamedTuple]:
    for ticket in view.life.tickets:
        if ticket.system == HUBSPOT and ticket.opened_at <= view.at:
            yield from _ticket(view, ticket)


def surveys(view: HubspotLife) -> Iterator[NamedTuple]:
    for survey in view.life.surveys:
        if survey.answered_at <= view.at:
            yield from _survey(view, survey)


def _ticket(view: HubspotLife, ticket: Ticket) -> Iterator[NamedTuple]:
    record_id, key = hubspot_id("tickets", ticket.key), ticket.key
    states = ticket.status.until(view.at) or [(ticket.opened_at, "new")]
    changed, state = states[-1]
    is_closed = state == "closed"
    replied = ticket.first_reply_at if view.happened(ticket.first_reply_at) else None
    values: Properties = {
        # Re-opening empties what closing had filled.
        "closed_date": stamp(changed) if is_closed else "" if len(states) > 2 else None,
        "content": ticket.body or unset(key),
        "hs_pipeline": TICKET_PIPELINE,
        "hs_pipeline_stage": TICKET_STAGES[state],
        "hs_resolution": "ISSUE_FIXED" if is_closed else None,
        "hs_ticket_category": ticket.category.upper(),
        "hs_ticket_priority": ticket.priority.upper() if ticket.priority else unset(key),
        "hubspot_owner_id": view.portal.owner(ticket.owner_key) or unset(key),
        "source_type": ("EMAIL", "CHAT", "FORM", "PHONE")[key % 4],
        "subject": ticket.subject,
        "time_to_close": _elapsed(ticket, changed) if is_closed else None,
        "time_to_first_agent_reply": _elapsed(ticket, replied) if replied else None,
    }
    yield view.record(
        "tickets",
        record_id,
        ticket.opened_at,
        max(changed, ticket.opened_at, replied or ticket.opened_at),
        values,
        created_name="createdate",
        deleted_at=ticket.deleted_at,
    )
    entries: list[tuple[datetime, str | None]] = [
        (when, TICKET_STAGES[each]) for when, each in states
    ]
    owner = Timeline((ticket.opened_at, ticket.owner_key))
    yield from history(view, "tickets", record_id, "hs_pipeline_stage", entries, owner=owner)
    if ticket.person_key is not None and ticket.person_key in view.contacts:
        yield from link("tickets", record_id, "contacts", view.contacts[ticket.person_key])
    if ticket.company_key in view.companies:
        yield from link("tickets", record_id, "companies", view.companies[ticket.company_key])


def _elapsed(ticket: Ticket, until: datetime) -> str:
    return str(int((until - ticket.opened_at).total_seconds()) * 1000)


def _survey(view: HubspotLife, survey: Survey) -> Iterator[NamedTuple]:
    record_id = hubspot_id("feedback_submissions", survey.key)
    values: Properties = {
        "hs_content": survey.comment or unset(survey.key),
        "hs_sentiment": _sentiment(survey),
        "hs_submission_timestamp": stamp(survey.answered_at),
        "hs_survey_id": survey.survey_id,
        "hs_survey_name": survey.name,
        "hs_survey_type": survey.kind,
        "hs_value": str(survey.score),
    }
    answered = survey.answered_at
    yield view.record("feedback_submissions", record_id, answered, answered, values)
    if survey.person_key is not None and survey.person_key in view.contacts:
        contact = view.contacts[survey.person_key]
        yield from link("feedback_submissions", record_id, "contacts", contact)
    if survey.ticket_key is not None and survey.ticket_key in _hubspot_tickets(view):
        ticket = hubspot_id("tickets", survey.ticket_key)
        yield from link("feedback_submissions", record_id, "tickets", ticket)


def _hubspot_tickets(view: HubspotLife) -> set[int]:
    return {
        ticket.key
        for ticket in view.life.tickets
        if ticket.system == HUBSPOT and ticket.opened_at <= view.at
    }


def _sentiment(survey: Survey) -> str:
    happy, content = (9, 7) if survey.kind == "NPS" else (4, 3)
    if survey.score >= happy:
        return "HAPPY"
    return "NEUTRAL" if survey.score >= content else "UNHAPPY"
