"""What each CRM knows of one life at the clock: who is there, under which final record, owned by whom.

The CRMs differ: a link to a merged-away record is one to the record that took it in; HubSpot shows
no link to a deleted record, Salesforce keeps the id for as long as the recycle bin does, Pipedrive
forgets a deleted person at once and a deleted deal after a month.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from sandbox.company.identity import hubspot_id
from sandbox.company.model import (
    HUBSPOT,
    PIPEDRIVE,
    SALESFORCE,
    Company,
    Deal,
    Life,
    Organisation,
    Person,
)
from sandbox.company.names import INTERNAL_DOMAIN

SYSTEMS = (SALESFORCE, HUBSPOT, PIPEDRIVE)  # in the order in which they speak for a record
NOBODY = "Integration Administrator"  # owns in Salesforce what has no owner
_RECYCLE_BIN = timedelta(days=15)
_KEPT_IN_PIPEDRIVE = timedelta(days=30)


class _Record(Protocol):
    key: int
    deleted_at: datetime | None
    merged_into: int | None


class Staff:
    """Owners by CRM: who has no seat in one is nobody there."""

    def __init__(self, org: Organisation) -> None:
        self._reps = {rep.key: rep for rep in org.reps}
        teams = {team.key: team.name for team in org.teams}
        self.teams: dict[str, str | None] = {NOBODY: None}
        for rep in org.reps:
            # Pipedrive has no teams.
            team = None if rep.systems == {PIPEDRIVE} else teams.get(rep.team_key)
            self.teams[f"{rep.first_name} {rep.last_name}"] = team

    def name(self, rep_key: int | None, system: str) -> str | None:
        rep = self._reps.get(rep_key) if rep_key is not None else None
        if rep is not None and system in rep.systems:
            return f"{rep.first_name} {rep.last_name}"
        return NOBODY if system == SALESFORCE else None


class Shown:
    """One life."""

    def __init__(self, life: Life, at: datetime) -> None:
        self.life = life
        self.at = at
        self.companies = {company.key: company for company in life.companies}
        self.people = {person.key: person for person in life.people}
        self.deals = {deal.key: deal for deal in life.deals}

    def happened(self, instant: datetime | None) -> bool:
        return instant is not None and instant <= self.at

    # --- where a record stands ---------------------------------------------------------------

    def company_systems(self, company: Company) -> list[str]:
        since = {
            SALESFORCE: company.salesforce_at,
            HUBSPOT: company.hubspot_at,
            PIPEDRIVE: company.pipedrive_at,
        }
        return [system for system in SYSTEMS if self.happened(since[system])]

    def person_systems(self, person: Person) -> list[str]:
        found = []
        if self.is_contact(person) or self.is_lead(person):
            found.append(SALESFORCE)
        if self.happened(person.hubspot_at):
            found.append(HUBSPOT)
        if self.happened(person.pipedrive_at):
            found.append(PIPEDRIVE)
        return found

    def is_contact(self, person: Person) -> bool:
        return self.happened(person.salesforce_contact_at)

    def is_lead(self, person: Person) -> bool:
        return self.happened(person.salesforce_lead_at)

    def deal_systems(self, deal: Deal) -> list[str]:
        since = {
            SALESFORCE: deal.salesforce_at,
            HUBSPOT: deal.hubspot_at,
            PIPEDRIVE: deal.pipedrive_at,
        }
        return [system for system in SYSTEMS if self.happened(since[system])]

    def is_gone(self, record: _Record) -> bool:
        """Deleted or merged away by now."""
        restored_at = getattr(record, "restored_at", None)
        return self.happened(record.deleted_at) and not self.happened(restored_at)

    # --- what a link in a CRM leads to -------------------------------------------------------

    def company(self, key: int | None, system: str) -> int | None:
        return self._linked(self.companies, key, system)

    def person(self, key: int | None, system: str) -> int | None:
        return self._linked(self.people, key, system)

    def deal(self, key: int | None, system: str) -> int | None:
        if system == HUBSPOT:
            return self._linked(self.deals, key, system)
        deal = self.deals.get(key) if key is not None else None
        if deal is None or system not in self.deal_systems(deal):
            return None
        if not self.is_gone(deal) or deal.deleted_at is None:
            return deal.key
        kept_for = _RECYCLE_BIN if system == SALESFORCE else _KEPT_IN_PIPEDRIVE
        is_purged = deal.merged_into is not None or self.at - deal.deleted_at >= kept_for
        return None if is_purged else deal.key

    def _linked(self, records: dict, key: int | None, system: str) -> int | None:
        record = records.get(key) if key is not None else None
        if record is None or system not in self._systems(record):
            return None
        while self.happened(record.deleted_at) and record.merged_into in records:
            following = records[record.merged_into]
            if system not in self._systems(following):
                break
            record = following
        if not self.is_gone(record):
            return record.key
        in_bin = system == SALESFORCE and self.at - record.deleted_at < _RECYCLE_BIN
        return record.key if in_bin else None

    def _systems(self, record: object) -> list[str]:
        if isinstance(record, Company):
            return self.company_systems(record)
        if isinstance(record, Person):
            return self.person_systems(record)
        assert isinstance(record, Deal)
        return self.deal_systems(record)

    def account_of(self, key: int | None) -> int | None:
        """Of a person; a Salesforce lead has none until it is converted."""
        person = self.people.get(key) if key is not None else None
        if person is None:
            return None
        systems = self.person_systems(person)
        if SALESFORCE in systems and not self.is_contact(person):
            systems.remove(SALESFORCE)
        found = (self.company(person.company_key, system) for system in systems)
        return next((account for account in found if account is not None), None)

    # --- who is linked to a deal -------------------------------------------------------------

    def contacts(self, deal: Deal, system: str) -> list[int]:
        """The people on the deal in one CRM, the one who stands for all of them first."""
        if deal.contact_linked_at is not None and not self.happened(deal.contact_linked_at):
            return []
        if system == PIPEDRIVE:
            found = [self.person(key, system) for key in deal.person_keys[:1]]
        elif system == SALESFORCE:
            known = [key for key in deal.person_keys if self.is_contact(self.people[key])]
            found = [self.person(key, system) for key in known]
        else:
            found = [self.person(key, system) for key in deal.person_keys]
            # HubSpot knows no primary contact: the lowest id, as text, stands for all.
            return sorted(
                {key for key in found if key is not None},
                key=lambda key: str(hubspot_id("contacts", key)),
            )
        return list(dict.fromkeys(key for key in found if key is not None))

    # --- what is our own ---------------------------------------------------------------------

    def is_internal(self, *, company: int | None = None, person: int | None = None) -> bool:
        if company is not None and self.companies[company].is_internal:
            return True
        if person is None:
            return False
        found = self.people[person]
        is_ours = (found.email or "").endswith(f"@{INTERNAL_DOMAIN}")
        return is_ours or self.is_internal(company=found.company_key)


def first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)
