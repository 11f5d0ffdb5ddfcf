"""Calls, e-mails, meetings, tasks and notes in HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_links import link
from sandbox.company.hubspot_text import Properties, encoded, stamp, unset
from sandbox.company.identity import hubspot_id, hubspot_uuid
from sandbox.company.model import HUBSPOT, Activity

TYPES = {
    "call": "calls",
    "email": "emails",
    "incoming_email": "emails",
    "meeting": "meetings",
    "task": "tasks",
    "note": "notes",
}

CONNECTED = hubspot_uuid("call_disposition", 1)
NO_ANSWER = hubspot_uuid("call_disposition", 2)


def activities(view: HubspotLife) -> Iterator[NamedTuple]:
    for activity in view.life.activities:
        if activity.system == HUBSPOT and activity.created_at <= view.at:
            yield from _activity(view, activity)


def _activity(view: HubspotLife, activity: Activity) -> Iterator[NamedTuple]:
    kind = TYPES[activity.kind]
    record_id = hubspot_id(kind, activity.key)
    done = activity.completed_at if view.happened(activity.completed_at) else None
    settled = done or _settled_without(view, activity)
    values = _PROPERTIES[kind](view, activity, done)
    values["hubspot_owner_id"] = view.portal.owner(activity.owner_key) or unset(activity.key)
    yield view.record(
        kind,
        record_id,
        activity.created_at,
        max(activity.created_at, settled) if settled else activity.created_at,
        values,
        deleted_at=activity.deleted_at,
    )
    for to_type, ids, key in (
        ("contacts", view.contacts, activity.person_key),
        ("companies", view.companies, activity.company_key),
        ("deals", view.deals, activity.deal_key),
    ):
        if key is not None and key in ids:
            yield from link(kind, record_id, to_type, ids[key])


def _settled_without(view: HubspotLife, activity: Activity) -> datetime | None:
    """When somebody noted that a meeting had not taken place."""
    if activity.outcome not in ("no_show", "cancelled"):
        return None
    end = activity.ends_at or activity.scheduled_at
    return end if end <= view.at else None


def _takes_place(activity: Activity, done: datetime | None) -> str:
    return stamp(done or activity.scheduled_at)


def _call(view: HubspotLife, activity: Activity, done: datetime | None) -> Properties:
    missed = _settled_without(view, activity)
    end = activity.ends_at or activity.scheduled_at
    length = int((end - activity.scheduled_at).total_seconds() * 1000)
    status = "COMPLETED" if done else "NO_ANSWER" if missed else "QUEUED"
    return {
        "hs_activity_type": None,
        "hs_call_body": activity.body or unset(activity.key),
        "hs_call_direction": "OUTBOUND" if activity.key % 5 else "INBOUND",
        "hs_call_disposition": CONNECTED if done else NO_ANSWER if missed else None,
        "hs_call_duration": str(length) if done else None,
        "hs_call_from_number": "+1 202-555-0143",
        "hs_call_status": status,
        "hs_call_title": activity.subject,
        "hs_call_to_number": _contact(view, activity, "phone"),
        "hs_timestamp": _takes_place(activity, done),
    }


def _email(view: HubspotLife, activity: Activity, done: datetime | None) -> Properties:
    is_incoming = activity.kind == "incoming_email"
    rep = view.portal.reps.get(activity.owner_key)
    ours, theirs = rep.email if rep else None, _contact(view, activity, "email")
    sender, receiver = (theirs, ours) if is_incoming else (ours, theirs)
    headers = {"from": {"email": sender}, "to": [{"email": receiver}], "cc": [], "bcc": []}
    return {
        "hs_email_direction": "INCOMING_EMAIL" if is_incoming else "EMAIL",
        "hs_email_from_email": sender,
        "hs_email_headers": encoded(headers),
        "hs_email_html": f"<p>{activity.body}</p>" if activity.body else None,
        "hs_email_open_count": str(activity.key % 4) if done and not is_incoming else None,
        "hs_email_reply_count": "1" if done and activity.key % 6 == 0 else None,
        "hs_email_status": "SENT" if done else "SCHEDULED",
        "hs_email_subject": activity.subject,
        "hs_email_text": activity.body or unset(activity.key),
        "hs_email_to_email": receiver,
        "hs_timestamp": _takes_place(activity, done),
    }


def _meeting(view: HubspotLife, activity: Activity, done: datetime | None) -> Properties:
    if done:
        outcome = "COMPLETED"
    elif _settled_without(view, activity):
        outcome = "NO_SHOW" if activity.outcome == "no_show" else "CANCELED"
    else:
        outcome = "SCHEDULED"
    return {
        "hs_activity_type": None,
        "hs_internal_meeting_notes": activity.body or unset(activity.key),
        "hs_meeting_end_time": stamp(activity.ends_at or activity.scheduled_at),
        "hs_meeting_location": "Video call",
        "hs_meeting_outcome": outcome,
        "hs_meeting_start_time": stamp(activity.scheduled_at),
        "hs_meeting_title": activity.subject,
        "hs_timestamp": _takes_place(activity, done),
    }


def _task(view: HubspotLife, activity: Activity, done: datetime | None) -> Properties:
    return {
        "hs_task_body": activity.body or unset(activity.key),
        "hs_task_completion_date": stamp(done) if done else None,
        "hs_task_priority": ("NONE", "LOW", "MEDIUM", "HIGH")[activity.key % 4],
        "hs_task_status": "COMPLETED" if done else "NOT_STARTED",
        "hs_task_subject": activity.subject,
        "hs_task_type": "TODO",
        "hs_timestamp": stamp(activity.scheduled_at),
    }


def _note(view: HubspotLife, activity: Activity, done: datetime | None) -> Properties:
    text = f"{activity.subject}\n{activity.body}" if activity.body else activity.subject
    return {
        "hs_attachment_ids": None,
        "hs_note_body": text,
        "hs_timestamp": _takes_place(activity, done),
    }


def _contact(view: HubspotLife, activity: Activity, field: str) -> str | None:
    person = view.people.get(activity.person_key or -1)
    if person is None:
        return None
    return person.email if field == "email" else person.phone


_PROPERTIES = {
    "calls": _call,
    "emails": _email,
    "meetings": _meeting,
    "tasks": _task,
    "notes": _note,
}
