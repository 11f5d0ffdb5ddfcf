"""One life in Salesforce at an instant: what exists there by then, and under which ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sandbox.company.identity import salesforce_id
from sandbox.company.model import Life, Person
from sandbox.company.salesforce_org import ADMINISTRATOR, Org
from sandbox.company.salesforce_values import Fields, encoded, milliseconds, stamp
from sandbox.store import SalesforceRecord


class _Mergeable(Protocol):
    key: int
    deleted_at: datetime | None
    merged_into: int | None


M = TypeVar("M", bound=_Mergeable)
_Moves = dict[int, datetime]

RECYCLE_BIN = timedelta(days=15)  # a deleted row is gone for every query afterwards


class SalesforceLife:
    """Ids follow merges: what hung on the losing record is moved to the winner, with a new stamp."""

    def __init__(self, org: Org, life: Life, at: datetime) -> None:
        self.org = org
        self.life = life
        self.at = at
        self.people = {person.key: person for person in life.people}
        self.accounts, self._account_moves = self._ids(
            "001", life.companies, lambda company: company.salesforce_at
        )
        self.contacts, self._contact_moves = self._ids(
            "003", life.people, lambda person: person.salesforce_contact_at
        )
        self.leads, self._lead_moves = self._ids(
            "00Q", life.people, lambda person: person.salesforce_lead_at
        )
        self.opportunities = {
            deal.key: salesforce_id("006", deal.key)
            for deal in life.deals
            if self.happened(deal.salesforce_at)
        }

    def happened(self, instant: datetime | None) -> bool:
        return instant is not None and instant <= self.at

    def account(self, key: int | None) -> str | None:
        return None if key is None else self.accounts.get(key)

    def who(self, key: int | None) -> str | None:
        """The contact, or the lead as long as it has not become one."""
        if key is None:
            return None
        return self.contacts.get(key) or self.leads.get(key)

    def moves(self, company_key: int | None, person_key: int | None) -> list[datetime]:
        """When records that point at these two were given a new parent, by a merge or a conversion."""
        found = [
            moves[key]
            for key, moves in (
                (company_key, self._account_moves),
                (person_key, self._contact_moves),
                (person_key, self._lead_moves),
            )
            if key is not None and key in moves
        ]
        person = self.people.get(person_key or -1)
        if person is not None and person.key in self.leads:
            found += self.past(person.salesforce_contact_at)
        return found

    def past(self, *instants: datetime | None) -> list[datetime]:
        return [instant for instant in instants if instant is not None and instant <= self.at]

    def master(self, prefix: str, item: Person | _Mergeable) -> str | None:
        """The id of the record that took this one in."""
        if item.merged_into is None or not self.happened(item.deleted_at):
            return None
        return salesforce_id(prefix, item.merged_into)

    def record(
        self,
        kind: str,
        record_id: str,
        created: datetime,
        modified: datetime,
        fields: Fields,
        *,
        author: str = ADMINISTRATOR,
        deleted_at: datetime | None = None,
        restored_at: datetime | None = None,
    ) -> SalesforceRecord:
        """The row of a record with the usual audit fields; deletion and restoring move the stamp."""
        deleted = deleted_at is not None and deleted_at <= self.at
        if restored_at is not None and restored_at <= self.at:
            deleted, modified = False, max(modified, restored_at)
        moved = deleted_at if deleted and deleted_at is not None else modified
        modified_text = stamp(moved)
        fields["Id"] = record_id
        fields["IsDeleted"] = deleted
        fields["CreatedDate"] = stamp(created)
        fields["CreatedById"] = author
        fields["LastModifiedDate"] = modified_text
        fields["LastModifiedById"] = author
        fields["SystemModstamp"] = modified_text
        return SalesforceRecord(
            kind,
            record_id,
            milliseconds(created),
            milliseconds(moved),
            int(deleted),
            milliseconds(moved) if deleted else None,
            int(deleted and self.at - moved >= RECYCLE_BIN),
            encoded(fields),
        )

    def _ids(
        self, prefix: str, items: Sequence[M], since: Callable[[M], datetime | None]
    ) -> tuple[dict[int, str], _Moves]:
        present = {item.key: item for item in items if self.happened(since(item))}
        found: dict[int, str] = {}
        moves: _Moves = {}
        for key, item in present.items():
            last = item
            while last.merged_into in present and self.happened(last.deleted_at):
                if last.deleted_at is not None:
                    moves[key] = last.deleted_at
                last = present[last.merged_into]
            found[key] = salesforce_id(prefix, last.key)
        return found, moves
