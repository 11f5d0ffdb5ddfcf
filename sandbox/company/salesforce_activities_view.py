"""Tasks, events and cases in Salesforce."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sandbox.company.dates import business_day
from sandbox.company.identity import salesforce_id
from sandbox.company.model import SALESFORCE, Activity, Ticket
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_values import Fields, stamp, stamp_or_none

_ARCHIVED_AFTER = timedelta(days=365)
_INVITED_COPY = 1_000_000_000_000  # added to the key: the copy of an event that an invitee has
_SUBTYPES = {"call": "Call", "email": "Email", "incoming_email": "Email"}
_STATES = {"new": "New", "waiting": "Working", "closed": "Closed"}
_REASONS = {
    "complaint": "Existing problem",
    "question": "Instructions not clear",
    "return": "Performance",
    "incident": "Breakdown",
}


def activities(view: SalesforceLife) -> Iterator[NamedTuple]:
    for activity in view.life.activities:
        if activity.system != SALESFORCE or activity.created_at > view.at:
            continue
        if activity.kind == "meeting":
            yield from _event(view, activity)
        else:
            yield _task(view, activity)


def cases(view: SalesforceLife) -> Iterator[NamedTuple]:
    for ticket in view.life.tickets:
        if ticket.system == SALESFORCE and ticket.opened_at <= view.at:
            yield _case(view, ticket)


def _parents(view: SalesforceLife, activity: Activity) -> Fields:
    account = view.account(activity.company_key)
    return {
        "WhoId": view.who(activity.person_key),
        "WhatId": view.opportunities.get(activity.deal_key or -1) or account,
        "AccountId": account,
        "OwnerId": view.org.user(activity.owner_key),
    }


def _task(view: SalesforceLife, activity: Activity) -> NamedTuple:
    done = activity.completed_at if view.happened(activity.completed_at) else None
    due = business_day(activity.scheduled_at)
    is_call = activity.kind == "call"
    length = _seconds(activity) if is_call and done else None
    fields: Fields = {
        "Subject": activity.subject,
        "Description": activity.body or None,
        "Status": "Completed" if done else "Not Started",
        "Priority": "High" if activity.key % 7 == 0 else "Normal",
        "ActivityDate": due.isoformat(),
        "CompletedDateTime": stamp_or_none(done),
        "IsClosed": done is not None,
        "TaskSubtype": _SUBTYPES.get(activity.kind, "Task"),
        "CallType": "Outbound" if is_call else None,
        "CallDurationInSeconds": length,
        # Archiving changes what `query` shows, and no stamp.
        "IsArchived": done is not None and _is_old(view, due),
        **_parents(view, activity),
    }
    writes = [activity.created_at, *view.past(done)]
    writes += view.moves(activity.company_key, activity.person_key)
    return view.record(
        "Task",
        salesforce_id("00T", activity.key),
        activity.created_at,
        max(writes),
        fields,
        author=view.org.user(activity.owner_key),
        deleted_at=activity.deleted_at,
    )


def _event(view: SalesforceLife, activity: Activity) -> Iterator[NamedTuple]:
    end = activity.completed_at or activity.ends_at or activity.scheduled_at
    day = business_day(activity.scheduled_at)
    writes = [activity.created_at, *view.moves(activity.company_key, activity.person_key)]
    deleted_at = activity.deleted_at
    if activity.outcome in ("no_show", "cancelled") and end <= view.at and deleted_at is None:
        # An event has no outcome: one that did not happen is taken out of the calendar.
        deleted_at = max(end, activity.created_at)
    copies = [(activity.key, False)]
    if activity.key % 11 == 0:
        copies.append((activity.key + _INVITED_COPY, True))
    for key, is_child in copies:
        fields: Fields = {
            "Subject": activity.subject,
            "StartDateTime": stamp(activity.scheduled_at),
            "EndDateTime": stamp(end),
            "ActivityDate": day.isoformat(),
            "IsAllDayEvent": False,
            "DurationInMinutes": int((end - activity.scheduled_at).total_seconds()) // 60,
            "IsChild": is_child,
            "IsArchived": end <= view.at and _is_old(view, day),
            **_parents(view, activity),
        }
        yield view.record(
            "Event",
            salesforce_id("00U", key),
            activity.created_at,
            max(writes),
            fields,
            author=view.org.user(activity.owner_key),
            deleted_at=deleted_at,
        )


def _case(view: SalesforceLife, ticket: Ticket) -> NamedTuple:
    states = ticket.status.until(view.at) or [(ticket.opened_at, "new")]
    changed, state = states[-1]
    is_closed = state == "closed"
    fields: Fields = {
        "CaseNumber": f"{ticket.key:08d}",
        "Subject": ticket.subject,
        "Description": ticket.body or None,
        "Status": _STATES[state],
        "IsClosed": is_closed,
        "Priority": ticket.priority.capitalize(),
        "Origin": ("Email", "Phone", "Web")[ticket.key % 3],
        "Reason": _REASONS.get(ticket.category),
        "Type": ticket.category.capitalize(),
        "AccountId": view.account(ticket.company_key),
        "ContactId": view.contacts.get(ticket.person_key or -1),
        "OwnerId": view.org.user(ticket.owner_key),
        "ClosedDate": stamp(changed) if is_closed else None,
        "MasterRecordId": None,
    }
    writes = [ticket.opened_at, changed, *view.moves(ticket.company_key, ticket.person_key)]
    return view.record(
        "Case",
        salesforce_id("500", ticket.key),
        ticket.opened_at,
        max(writes),
        fields,
        author=view.org.user(ticket.owner_key),
        deleted_at=ticket.deleted_at,
    )


def _seconds(activity: Activity) -> int:
    end: datetime = activity.ends_at or activity.scheduled_at
    return int((end - activity.scheduled_at).total_seconds())


def _is_old(view: SalesforceLife, day: date) -> bool:
    return day < business_day(view.at) - _ARCHIVED_AFTER
