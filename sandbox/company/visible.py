"""What the CRMs show of a life at an instant, as far as it counts.

Left out: records not yet made, deleted or merged away, everything of an internal company, and what
was entered once more in another CRM: it counts as the one that it is a copy of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sandbox.company.model import Activity, Company, Contract, Deal, Life, Person, Survey
from sandbox.company.names import INTERNAL_DOMAIN


class Visible:
    def __init__(self, life: Life, at: datetime) -> None:
        self.life = life
        self.at = at
        records: list[Company | Person | Deal] = [*life.companies, *life.people, *life.deals]
        self._same = {each.key: each.copy_of for each in records if each.copy_of is not None}
        self._internal = {company.key for company in life.companies if company.is_internal}
        self._internal_people = {
            person.key
            for person in life.people
            if person.company_key in self._internal
            or (person.email or "").endswith(f"@{INTERNAL_DOMAIN}")
        }

    def happened(self, *instants: datetime | None) -> bool:
        """Whether one of them has come."""
        return any(instant is not None and instant <= self.at for instant in instants)

    def same(self, key: int) -> int:
        """The key of the one that a record is a copy of, or its own."""
        return self._same.get(key, key)

    def deals(self) -> Iterator[Deal]:
        for deal in self.life.deals:
            if not self.happened(deal.hubspot_at, deal.salesforce_at, deal.pipedrive_at):
                continue
            is_gone = self.happened(deal.deleted_at) and not self.happened(deal.restored_at)
            if is_gone or deal.copy_of is not None:
                continue
            if deal.company_key not in self._internal:
                yield deal

    def people(self) -> Iterator[Person]:
        for person in self.life.people:
            seen = (person.hubspot_at, person.salesforce_lead_at, person.salesforce_contact_at)
            if not self.happened(*seen, person.pipedrive_at) or self.happened(person.deleted_at):
                continue
            if person.copy_of is None and person.key not in self._internal_people:
                yield person

    def companies(self) -> Iterator[Company]:
        for company in self.life.companies:
            seen = self.happened(company.hubspot_at, company.salesforce_at, company.pipedrive_at)
            if company.copy_of is not None or company.is_internal:
                continue
            if seen and not self.happened(company.deleted_at):
                yield company

    def contracts(self) -> Iterator[Contract]:
        companies = {company.key for company in self.companies()}
        for contract in self.life.contracts:
            if self.happened(contract.activated_at) and contract.company_key in companies:
                yield contract

    def surveys(self) -> Iterator[Survey]:
        for survey in self.life.surveys:
            if self.happened(survey.answered_at) and survey.person_key not in self._internal_people:
                yield survey

    def done_activities(self) -> Iterator[Activity]:
        """What our people did; an e-mail that came in is not theirs."""
        for activity in self.life.activities:
            if (
                activity.kind != "incoming_email"
                and activity.created_at <= self.at
                and self.happened(activity.completed_at)
                and not self.happened(activity.deleted_at)
                and activity.company_key not in self._internal
                and activity.person_key not in self._internal_people
            ):
                yield activity

    def is_linked(self, deal: Deal) -> bool:
        """Whether the deal's contacts have been put on it."""
        return deal.contact_linked_at is None or self.happened(deal.contact_linked_at)
