"""One life in HubSpot at an instant: what exists there by then, and under which ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sandbox.company.hubspot_portal import Portal
from sandbox.company.hubspot_text import Properties, encoded, milliseconds, stamp
from sandbox.company.identity import hubspot_id
from sandbox.company.model import Deal, Life
from sandbox.store import HubspotObject


class _Mergeable(Protocol):
    key: int
    hubspot_at: datetime | None
    deleted_at: datetime | None
    merged_into: int | None


class HubspotLife:
    """Ids follow merges: a link to a merged-away record is one to the record that took it in."""

    def __init__(self, portal: Portal, life: Life, at: datetime) -> None:
        self.portal = portal
        self.life = life
        self.at = at
        self.companies = self._ids("companies", life.companies)
        self.contacts = self._ids("contacts", life.people)
        self.deals = self._ids("deals", life.deals)
        self.people = {person.key: person for person in life.people}
        self.first_deal: dict[tuple[str, int], datetime] = {}
        self.first_win: dict[tuple[str, int], datetime] = {}
        for deal in life.deals:
            if deal.key in self.deals:
                self._remember(deal)

    def happened(self, instant: datetime | None) -> bool:
        return instant is not None and instant <= self.at

    def absorbed(self, items: Iterable[_Mergeable], key: int) -> list[_Mergeable]:
        """Those that were merged into the one with this key by now."""
        return [
            item
            for item in items
            if item.merged_into == key and self.happened(item.deleted_at) and item.hubspot_at
        ]

    def record(
        self,
        kind: str,
        record_id: int,
        created: datetime,
        modified: datetime,
        values: Properties,
        *,
        created_name: str = "hs_createdate",
        modified_name: str = "hs_lastmodifieddate",
        deleted_at: datetime | None = None,
        merged_into: int | None = None,
    ) -> HubspotObject:
        """The row of a record; its modified date is the last stored write, and nothing else."""
        # HubSpot's stamps have milliseconds, but none may lie after the clock.
        thousandths = record_id % 1000 if modified < self.at else 0
        values[created_name] = stamp(created)
        values[modified_name] = stamp(modified, thousandths)
        values["hs_object_id"] = str(record_id)
        is_gone = deleted_at is not None and deleted_at <= self.at
        return HubspotObject(
            kind,
            record_id,
            milliseconds(created),
            milliseconds(modified) + thousandths,
            int(is_gone),
            milliseconds(deleted_at) if deleted_at is not None and is_gone else None,
            merged_into if is_gone else None,
            0,
            0,
            encoded(values),
        )

    def _ids(self, kind: str, items: Iterable[_Mergeable]) -> dict[int, int]:
        present = {item.key: item for item in items if self.happened(item.hubspot_at)}
        found = {}
        for key, item in present.items():
            last = item
            while last.merged_into in present and self.happened(last.deleted_at):
                last = present[last.merged_into]
            found[key] = hubspot_id(kind, last.key)
        return found

    def _remember(self, deal: Deal) -> None:
        _, stages = self.portal.pipeline(deal.pipeline_key)
        holders = [("companies", deal.company_key)]
        holders += [("contacts", key) for key in deal.person_keys[:1]]
        won = next((at for at, stage in deal.stage if stages[stage].is_won), None)
        since = deal.hubspot_at
        if since is None:
            return
        for holder in holders:
            self.first_deal[holder] = min(since, self.first_deal.get(holder, since))
            if won is not None and won <= self.at:
                seen = max(won, since)
                self.first_win[holder] = min(seen, self.first_win.get(holder, seen))
