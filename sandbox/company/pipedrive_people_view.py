"""Organizations, persons and leads as Pipedrive shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from sandbox.company.model import Company, Person, Timeline
from sandbox.company.pipedrive_record import PipedriveLife, record, row
from sandbox.company.pipedrive_words import (
    COUNTRIES,
    LEAD_SOURCE,
    TAX_ID,
    TIER,
    lead_stamp,
    record_id,
    user_id,
)
from sandbox.store import PipedriveRecord

_SPACE = UUID("0b6b2f0e-7a0d-4d0a-9a3e-3f1b8f0f5d27")


class _Absorbing(Protocol):
    key: int
    deleted_at: datetime | None
    merged_into: int | None


def organizations(view: PipedriveLife) -> Iterator[PipedriveRecord]:
    for company in view.life.companies:
        if not view.is_there(company) or company.pipedrive_at is None:
            continue
        tiers = [word for word, _ in TIER.choices]
        tier = TIER.option(tiers[company.key % 3])
        yield record(
            "organizations",
            record_id(company.key),
            company.pipedrive_at,
            _touched(view, company, company.pipedrive_at, company.owner, company.name),
            {
                "name": company.name.at(view.at),
                "owner_id": _owner(view, company.owner),
                "website": f"https://{company.domain}" if company.domain else None,
                "linkedin": None,
                "industry": None,
                "annual_revenue": None,
                "employee_count": company.employees,
                "address": {
                    "value": f"{company.city}, {COUNTRIES[company.country]}",
                    "country": COUNTRIES[company.country],
                    "admin_area_level_1": None,
                    "admin_area_level_2": None,
                    "locality": company.city,
                    "sublocality": None,
                    "route": None,
                    "street_number": None,
                    "subpremise": None,
                    "postal_code": None,
                },
                "label_ids": [],
                "visible_to": 3,
                "is_deleted": False,
                "custom_fields": _custom_fields(company, tier),
            },
        )


def _custom_fields(company: Company, tier: int | None) -> dict[str, int | str | None] | None:
    """Not every record has been touched since the fields were made."""
    if company.tax_id is not None:
        return {TIER.hash: tier, TAX_ID.hash: company.tax_id}
    return {TIER.hash: tier} if company.key % 2 else None


def persons(view: PipedriveLife) -> Iterator[PipedriveRecord]:
    for person in view.life.people:
        if not view.is_there(person) or person.pipedrive_at is None:
            continue
        yield record(
            "persons",
            record_id(person.key),
            person.pipedrive_at,
            _touched(view, person, person.pipedrive_at, person.owner),
            {
                "name": f"{person.first_name} {person.last_name}",
                "first_name": person.first_name,
                "last_name": person.last_name,
                "owner_id": _owner(view, person.owner),
                "org_id": view.organizations.get(person.company_key or 0),
                "emails": _contacts(person.email),
                "phones": _contacts(person.phone),
                "job_title": person.job_title,
                "marketing_status": "no_consent",
                "picture_id": None,
                "label_ids": [],
                "visible_to": 3,
                "is_deleted": False,
                "custom_fields": {LEAD_SOURCE.hash: LEAD_SOURCE.option(person.channel)},
            },
        )


def leads(view: PipedriveLife) -> Iterator[PipedriveRecord]:
    """Of persons without a deal: a lead that becomes a deal is gone from the list."""
    bought = {key for deal in view.life.deals if view.happened(deal.pipedrive_at)
              for key in deal.person_keys}  # fmt: skip
    for person in view.life.people:
        if not view.is_there(person) or person.pipedrive_at is None or person.key in bought:
            continue
        ended = person.disqualified_at if view.happened(person.disqualified_at) else None
        updated = ended or person.pipedrive_at
        owner = _owner(view, person.owner)
        yield row(
            "leads",
            record_id(person.key),
            person.pipedrive_at,
            updated,
            {
                "id": str(uuid5(_SPACE, str(person.key))),
                "title": f"{person.last_name} lead",
                "owner_id": owner,
                "creator_id": owner,
                "label_ids": [],
                "person_id": record_id(person.key),
                "organization_id": view.organizations.get(person.company_key or 0),
                "source_name": "Manually created" if person.key % 2 else "API",
                "origin": "ManuallyCreated" if person.key % 2 else "API",
                "origin_id": None,
                "channel": None,
                "channel_id": None,
                "is_archived": ended is not None,
                "was_seen": True,
                "value": {"amount": 100 * (person.key % 40), "currency": "USD"}
                if person.key % 3
                else None,
                "expected_close_date": None,
                "next_activity_id": None,
                "add_time": lead_stamp(person.pipedrive_at),
                "update_time": lead_stamp(updated),
                "visible_to": "3",
            },
        )


def _owner(view: PipedriveLife, owner: Timeline[Any]) -> int | None:
    key = owner.at(view.at)
    return None if key is None else user_id(key)


def _touched(
    view: PipedriveLife, item: Person | _Absorbing, created: datetime, *values: Timeline[Any]
) -> datetime:
    """The last write by now: a value set anew, or another record taken in."""
    instants = [created]
    for timeline in values:
        instants += [at for at, _ in timeline.until(view.at)]
    others: list[_Absorbing] = [*view.life.companies, *view.life.people]
    for other in others:
        if other.merged_into == item.key and view.happened(other.deleted_at):
            instants.append(other.deleted_at or created)
    return max(instants)


def _contacts(text: str | None) -> list[dict[str, Any]]:
    return [] if text is None else [{"value": text, "primary": True, "label": "work"}]
