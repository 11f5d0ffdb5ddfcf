"""Activities as Pipedrive shows them. What was taken back is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sandbox.company.model import PIPEDRIVE, Activity
from sandbox.company.pipedrive_record import PipedriveLife, record
from sandbox.company.pipedrive_words import record_id, stamp, user_id
from sandbox.store import PipedriveRecord


def activities(view: PipedriveLife) -> Iterator[PipedriveRecord]:
    for activity in view.life.activities:
        if activity.system != PIPEDRIVE or not view.happened(activity.created_at):
            continue
        if not view.happened(activity.deleted_at):
            yield _activity(view, activity)


def _activity(view: PipedriveLife, activity: Activity) -> PipedriveRecord:
    done_at = activity.completed_at if view.happened(activity.completed_at) else None
    due = activity.scheduled_at.astimezone(UTC)
    owner = user_id(activity.owner_key)
    person = view.persons.get(activity.person_key or 0)
    company = view.organizations.get(activity.company_key or 0)
    return record(
        "activities",
        record_id(activity.key),
        activity.created_at,
        max(activity.created_at, done_at or activity.created_at),
        {
            "subject": activity.subject,
            "type": activity.kind,
            "owner_id": owner,
            "creator_user_id": owner,
            "is_deleted": False,
            "deal_id": record_id(activity.deal_key) if activity.deal_key else None,
            "lead_id": None,
            "project_id": None,
            "person_id": person,
            "org_id": company,
            "due_date": due.date().isoformat(),
            "due_time": due.strftime("%H:%M"),
            "duration": _duration(activity.scheduled_at, activity.ends_at),
            "busy": activity.kind == "meeting",
            "done": done_at is not None,
            "marked_as_done_time": stamp(done_at) if done_at else None,
            "location": None,
            "participants": [{"person_id": person, "primary": True}] if person else [],
            "attendees": None,
            "public_description": None,
            "priority": None,
            "note": activity.body,
        },
    )


def _duration(start: datetime, end: datetime | None) -> str | None:
    if end is None:
        return None
    minutes = int((end - start).total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
