"""Opportunities in Salesforce with their line items and contact roles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sandbox.company.dates import business_day
from sandbox.company.identity import salesforce_id
from sandbox.company.model import Deal
from sandbox.company.org import list_price
from sandbox.company.salesforce_history_view import (
    CATEGORY_NAMES,
    Snapshot,
    category,
    entered_at,
    expected,
    field_history,
    history,
    snapshots_of,
)
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_org import ADMINISTRATOR, SOURCES
from sandbox.company.salesforce_values import (
    Fields,
    day_or_none,
    number,
    number_or_none,
    stamp,
)
from sandbox.company.versions import versions

TYPES = {
    "new": "New Customer",
    "expansion": "Existing Customer - Upgrade",
    "renewal": "Existing Customer - Renewal",
}
_ROLES = ("Decision Maker", "Evaluator", "Business User")


def opportunities(view: SalesforceLife) -> Iterator[NamedTuple]:
    last_activity = _last_activities(view)
    for deal in view.life.deals:
        if deal.salesforce_at is not None and deal.salesforce_at <= view.at:
            yield from _deal(view, deal, deal.salesforce_at, last_activity.get(deal.key))


def _deal(
    view: SalesforceLife, deal: Deal, start: datetime, last_activity: date | None
) -> Iterator[NamedTuple]:
    record_id = view.opportunities[deal.key]
    snapshots = snapshots_of(view, deal, start)
    owners = versions(deal.owner, start, view.at)
    yield _opportunity(view, deal, snapshots, owners, last_activity)
    yield from history(view, deal, record_id, snapshots)
    yield from field_history(view, deal, record_id, snapshots, owners)
    yield from _lines(view, deal, record_id)
    yield from _roles(view, deal, start, record_id)


def _opportunity(
    view: SalesforceLife,
    deal: Deal,
    snapshots: list[Snapshot],
    owners: list[tuple[datetime, int]],
    last_activity: date | None,
) -> NamedTuple:
    start = snapshots[0].at
    changed, stage, amount, close_on = snapshots[-1]
    entered = entered_at(snapshots)
    linked = deal.contact_linked_at is None or deal.contact_linked_at <= view.at
    contact = view.contacts.get(deal.person_keys[0]) if deal.person_keys and linked else None
    names = versions(deal.name, start, view.at)
    steps = versions(deal.next_step, start, view.at)
    writes = [start, changed, owners[-1][0], *view.moves(deal.company_key, None)]
    writes += [entries[-1][0] for entries in (names, steps) if entries]
    until = entered if stage.is_closed else view.at
    forecast = category(stage)
    fields: Fields = {
        "Name": names[-1][1] if names else None,
        "AccountId": view.account(deal.company_key),
        "Amount": number_or_none(amount),
        "StageName": stage.vendor_id,
        "CloseDate": close_on.isoformat(),
        "Probability": None if deal.probability_missing else number(stage.probability * 100),
        "ExpectedRevenue": expected(amount, stage),
        "ForecastCategory": forecast,
        "ForecastCategoryName": CATEGORY_NAMES[forecast],
        "IsClosed": stage.is_closed,
        "IsWon": stage.is_won,
        "OwnerId": view.org.user(owners[-1][1]),
        "Type": TYPES[deal.deal_type],
        "LeadSource": SOURCES[deal.channel],
        "CampaignId": view.org.campaigns.get(deal.campaign_key or -1),
        "ContactId": contact,
        "NextStep": steps[-1][1] if steps else None,
        "Description": None,
        "CurrencyIsoCode": deal.currency,
        "LastStageChangeDate": stamp(entered) if entered > start else None,
        "LastActivityDate": day_or_none(last_activity),
        "Loss_Reason__c": deal.loss_reason if stage.is_closed and not stage.is_won else None,
        "Coupon_Code__c": deal.coupon,
        # A formula: a new value every day, and never a new stamp.
        "Days_Open__c": float((business_day(until) - business_day(start)).days),
    }
    return view.record(
        "Opportunity",
        salesforce_id("006", deal.key),
        start,
        max(writes),
        fields,
        author=view.org.user(owners[0][1]),
        deleted_at=deal.deleted_at,
        restored_at=deal.restored_at,
    )


def _lines(view: SalesforceLife, deal: Deal, record_id: str) -> Iterator[NamedTuple]:
    for line in deal.lines:
        if line.created_at > view.at:
            continue
        product = view.org.products[line.product_key]
        fields: Fields = {
            "OpportunityId": record_id,
            "PricebookEntryId": view.org.price_id(product.key, deal.currency),
            "Product2Id": salesforce_id("01t", product.key),
            "ProductCode": product.sku,
            "Name": f"{_name(deal)} {product.name}",
            "Quantity": number(line.quantity),
            "UnitPrice": number(line.unit_price),
            "TotalPrice": number(line.amount),
            "Subtotal": number(line.quantity * line.unit_price),
            "Discount": number(line.discount_percent) if line.discount_percent else None,
            "ListPrice": number(list_price(product, deal.currency)),
            "ServiceDate": None,
            "CurrencyIsoCode": deal.currency,
        }
        yield view.record(
            "OpportunityLineItem",
            salesforce_id("00k", line.key),
            line.created_at,
            line.created_at,
            fields,
            deleted_at=deal.deleted_at,
            restored_at=deal.restored_at,
        )


def _name(deal: Deal) -> str:
    first = deal.name.first()
    return first[1] if first else str(deal.key)


def _roles(
    view: SalesforceLife, deal: Deal, start: datetime, record_id: str
) -> Iterator[NamedTuple]:
    for position, key in enumerate(deal.person_keys):
        person = view.people.get(key)
        if person is None or key not in view.contacts:
            continue
        since = max(view.past(start, person.salesforce_contact_at, deal.contact_linked_at))
        if deal.contact_linked_at is not None and deal.contact_linked_at > view.at:
            continue
        fields: Fields = {
            "OpportunityId": record_id,
            "ContactId": view.contacts[key],
            "Role": _ROLES[min(position, 2)],
            "IsPrimary": position == 0,
        }
        yield view.record(
            "OpportunityContactRole",
            salesforce_id("00K", deal.key * 100 + position),
            since,
            max([since, *view.moves(None, key)]),
            fields,
            author=ADMINISTRATOR,
            deleted_at=deal.deleted_at,
            restored_at=deal.restored_at,
        )


def _last_activities(view: SalesforceLife) -> dict[int, date]:
    found: dict[int, date] = {}
    for activity in view.life.activities:
        done = activity.completed_at
        key = activity.deal_key
        if key in view.opportunities and key is not None and done is not None and done <= view.at:
            day = business_day(done)
            found[key] = max(day, found.get(key, day))
    return found
