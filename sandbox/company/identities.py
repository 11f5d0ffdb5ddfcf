"""Who is who: every record that the CRMs show, with the company, person or deal that it truly is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from sandbox.company.clock import clock_of
from sandbox.company.double_life import double_lives
from sandbox.company.identity import hubspot_id, salesforce_id
from sandbox.company.life import lives
from sandbox.company.model import HUBSPOT, PIPEDRIVE, SALESFORCE, Life
from sandbox.company.pipedrive_life import partner_lives
from sandbox.company.pipedrive_words import record_id
from sandbox.company.visible import Visible
from sandbox.store import Store

_DUPLICATE = "duplicate"


class Identity(NamedTuple):
    entity: str  # account, person, opportunity
    source_system: str
    vendor_id: str
    true_key: int  # the same for all records of one company, person or deal


def identities(path: Path) -> Iterator[Identity]:
    """Of the company in the store, at the instant that its clock shows. Not of deleted records, of
    internal ones, nor of losses that are marked as duplicates: nothing counts those."""
    with Store(path, read_only=True) as store:
        config, at = clock_of(store)
    everybody: Iterable[Life] = chain(
        lives(config, at), partner_lives(config, at), double_lives(config, at)
    )
    for life in everybody:
        yield from _of(life, at)


def _of(life: Life, at: datetime) -> Iterator[Identity]:
    view = Visible(life, at)
    internal = {company.key for company in life.companies if company.is_internal}
    for company in life.companies:
        if view.happened(company.deleted_at) or company.key in internal:
            continue
        true_key = view.same(company.key)
        if view.happened(company.hubspot_at):
            record = str(hubspot_id("companies", company.key))
            yield Identity("account", HUBSPOT, record, true_key)
        if view.happened(company.salesforce_at):
            yield Identity("account", SALESFORCE, salesforce_id("001", company.key), true_key)
        if view.happened(company.pipedrive_at):
            yield Identity("account", PIPEDRIVE, str(record_id(company.key)), true_key)
    for person in life.people:
        if view.happened(person.deleted_at) or person.company_key in internal:
            continue
        true_key = view.same(person.key)
        if view.happened(person.hubspot_at):
            record = str(hubspot_id("contacts", person.key))
            yield Identity("person", HUBSPOT, record, true_key)
        # A converted lead is its contact.
        if view.happened(person.salesforce_contact_at):
            yield Identity("person", SALESFORCE, salesforce_id("003", person.key), true_key)
        elif view.happened(person.salesforce_lead_at):
            yield Identity("person", SALESFORCE, salesforce_id("00Q", person.key), true_key)
        if view.happened(person.pipedrive_at):
            yield Identity("person", PIPEDRIVE, str(record_id(person.key)), true_key)
    for deal in life.deals:
        gone = view.happened(deal.deleted_at) and not view.happened(deal.restored_at)
        if gone or deal.company_key in internal or deal.loss_reason == _DUPLICATE:
            continue
        true_key = view.same(deal.key)
        if view.happened(deal.hubspot_at):
            record = str(hubspot_id("deals", deal.key))
            yield Identity("opportunity", HUBSPOT, record, true_key)
        if view.happened(deal.salesforce_at):
            yield Identity("opportunity", SALESFORCE, salesforce_id("006", deal.key), true_key)
        if view.happened(deal.pipedrive_at):
            yield Identity("opportunity", PIPEDRIVE, str(record_id(deal.key)), true_key)
