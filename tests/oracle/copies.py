"""What was entered once more in another CRM, without a link, is one with what it is a copy of.

Which is which, only the story knows: each copy names its original. The CRM that speaks first gives
the values, as for records that the CRMs themselves have linked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sandbox.company.model import HUBSPOT, Company, Deal, Life, Person
from tests.oracle.shown import SYSTEMS, Shown

T = TypeVar("T", Company, Person, Deal)


def joined(life: Life, at: datetime) -> Life:
    """The life without copies: their CRMs are their originals' CRMs."""
    records: list[Company | Person | Deal] = [*life.companies, *life.people, *life.deals]
    originals = {each.key: each.copy_of for each in records if each.copy_of is not None}
    if not originals:
        return life
    shown = Shown(life, at)

    def same(key: int | None) -> int | None:
        return None if key is None else originals.get(key, key)

    def company(group: Sequence[Company]) -> Company:
        return replace(
            group[0],
            key=group[0].copy_of or group[0].key,
            copy_of=None,
            hubspot_at=_first(each.hubspot_at for each in group),
            salesforce_at=_first(each.salesforce_at for each in group),
            pipedrive_at=_first(each.pipedrive_at for each in group),
        )

    def person(group: Sequence[Person]) -> Person:
        in_hubspot = [each for each in group if HUBSPOT in shown.person_systems(each)]
        return replace(
            group[0],
            key=group[0].copy_of or group[0].key,
            copy_of=None,
            company_key=same(group[0].company_key),
            hubspot_at=_first(each.hubspot_at for each in group),
            salesforce_lead_at=_first(each.salesforce_lead_at for each in group),
            salesforce_contact_at=_first(each.salesforce_contact_at for each in group),
            pipedrive_at=_first(each.pipedrive_at for each in group),
            lead_at=_first(each.lead_at for each in in_hubspot),
            qualified_at=_first(each.qualified_at for each in in_hubspot),
        )

    def deal(group: Sequence[Deal]) -> Deal:
        return replace(
            group[0],
            key=group[0].copy_of or group[0].key,
            copy_of=None,
            company_key=originals.get(group[0].company_key, group[0].company_key),
            person_keys=tuple(originals.get(key, key) for key in group[0].person_keys),
            hubspot_at=_first(each.hubspot_at for each in group),
            salesforce_at=_first(each.salesforce_at for each in group),
            pipedrive_at=_first(each.pipedrive_at for each in group),
        )

    return replace(
        life,
        companies=_grouped(life.companies, shown.company_systems, company),
        people=_grouped(life.people, shown.person_systems, person),
        deals=_grouped(life.deals, shown.deal_systems, deal),
    )


def _grouped(
    records: Iterable[T], systems: Callable[[T], list[str]], join: Callable[[Sequence[T]], T]
) -> list[T]:
    """One record per original. What no CRM shows yet speaks last."""
    groups: dict[int, list[T]] = {}
    for record in records:
        groups.setdefault(record.copy_of or record.key, []).append(record)

    def rank(record: T) -> int:
        return min((SYSTEMS.index(system) for system in systems(record)), default=len(SYSTEMS))

    return [join(sorted(group, key=rank)) for group in groups.values()]


def _first(instants: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in instants if each is not None), default=None)
