"""The organisation in HubSpot: documents of the settings APIs, products and goals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sandbox.company.dates import business_day, midnight, next_month
from sandbox.company.hubspot_deals_view import history
from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_links import label_documents
from sandbox.company.hubspot_metadata import definitions
from sandbox.company.hubspot_pipelines_view import pipelines
from sandbox.company.hubspot_portal import HOME_CURRENCY, PORTAL_ID, Portal, conversion
from sandbox.company.hubspot_text import Properties, encoded, number, stamp
from sandbox.company.identity import hubspot_id, hubspot_uuid
from sandbox.company.model import HUBSPOT, Campaign, Life, Product, Rep, Target, Timeline
from sandbox.store import HubspotDocument


def rows(portal: Portal, at: datetime) -> Iterator[NamedTuple]:
    yield _document("account", "details", 0, _account(portal))
    yield from _owners(portal, at)
    yield from _teams(portal)
    yield from pipelines(portal.organisation, at)
    yield from definitions(portal.organisation, at)
    yield from label_documents()
    yield from _campaigns(portal, at)
    yield from _exchange_rates(portal, at)
    nobody = HubspotLife(portal, Life(number=0), at)
    for product in portal.organisation.products:
        if product.created_at <= at:
            yield _product(nobody, product)
    for target in portal.organisation.targets:
        first = target.amount.first()
        if target.system == HUBSPOT and first is not None and first[0] <= at:
            yield from _goal(nobody, target, first[0])


def _document(
    kind: str, name: str, position: int, document: dict[str, Any], archived: int = 0
) -> HubspotDocument:
    return HubspotDocument(kind, name, position, archived, encoded(document))


def _account(portal: Portal) -> dict[str, Any]:
    currencies = {rate.currency for rate in portal.organisation.rates} - {HOME_CURRENCY}
    return {
        "portalId": PORTAL_ID,
        "accountType": "STANDARD",
        "timeZone": portal.organisation.timezone,
        "companyCurrency": HOME_CURRENCY,
        "additionalCurrencies": sorted(currencies),
        "utcOffset": "-03:00",
        "utcOffsetMilliseconds": -10_800_000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }


def _owners(portal: Portal, at: datetime) -> Iterator[HubspotDocument]:
    known = [
        rep for rep in portal.organisation.reps if HUBSPOT in rep.systems and rep.joined_at <= at
    ]
    for position, rep in enumerate(sorted(known, key=lambda rep: int(portal.owners[rep.key]))):
        has_left = rep.left_at is not None and rep.left_at <= at
        yield _document(
            "owner", portal.owners[rep.key], position, _owner(portal, rep, at), int(has_left)
        )


def _owner(portal: Portal, rep: Rep, at: datetime) -> dict[str, Any]:
    left_at = rep.left_at if rep.left_at is not None and rep.left_at <= at else None
    user = portal.users[rep.key]
    document: dict[str, Any] = {
        "id": portal.owners[rep.key],
        "type": "PERSON",
        "email": rep.email,
        "firstName": rep.first_name,
        "lastName": rep.last_name,
        # Somebody who left is an owner still, but no user any more.
        "userId": None if left_at else user,
        "userIdIncludingInactive": user,
        "createdAt": stamp(rep.joined_at),
        "updatedAt": stamp(left_at or rep.joined_at),
        "archived": left_at is not None,
    }
    team = next((t for t in portal.organisation.teams if t.key == rep.team_key), None)
    if team is not None:
        document["teams"] = [
            {"id": str(hubspot_id("team", team.key)), "name": team.name, "primary": True}
        ]
    return document


def _teams(portal: Portal) -> Iterator[HubspotDocument]:
    for position, team in enumerate(portal.organisation.teams):
        members = [
            str(portal.users[rep.key])
            for rep in portal.organisation.reps
            if rep.team_key == team.key and rep.key in portal.users
        ]
        name = str(hubspot_id("team", team.key))
        document = {"id": name, "name": team.name, "userIds": members, "secondaryUserIds": []}
        yield _document("team", name, position, document)


def _campaigns(portal: Portal, at: datetime) -> Iterator[HubspotDocument]:
    known = [c for c in portal.organisation.campaigns if c.system == HUBSPOT and c.created_at <= at]
    for position, campaign in enumerate(known):
        name = hubspot_uuid("campaign", campaign.key)
        yield _document("campaign", name, position, _campaign(campaign, name, at))


def _campaign(campaign: Campaign, name: str, at: datetime) -> dict[str, Any]:
    today = business_day(at)
    status, changed = "planned", campaign.created_at
    has_started = today >= campaign.starts_on
    if has_started:
        status, changed = "in_progress", max(changed, midnight(campaign.starts_on))
    if today > campaign.ends_on:
        status, changed = "completed", midnight(campaign.ends_on + timedelta(days=1))
    properties: dict[str, str] = {
        "hs_name": campaign.name,
        "hs_start_date": campaign.starts_on.isoformat(),
        "hs_end_date": campaign.ends_on.isoformat(),
        "hs_campaign_status": status,
        "hs_utm": campaign.name.lower().replace(" ", "-"),
        "hs_budget_items_sum_amount": number(campaign.budget),
        "hs_currency_code": HOME_CURRENCY,
        "hs_object_id": str(hubspot_id("campaign", campaign.key)),
    }
    # Empty values are left out of a campaign, unlike anywhere else.
    if has_started:
        properties["hs_spend_items_sum_amount"] = number(campaign.spend)
    return {
        "id": name,
        "properties": dict(sorted(properties.items())),
        "createdAt": stamp(campaign.created_at),
        "updatedAt": stamp(changed),
        "businessUnits": [{"id": 0}],
    }


def _exchange_rates(portal: Portal, at: datetime) -> Iterator[HubspotDocument]:
    today = business_day(at)
    known = [rate for rate in portal.organisation.rates if rate.starts_on <= today]
    for position, rate in enumerate(known):
        name = str(hubspot_id(f"exchange_rate:{rate.currency}", rate.starts_on.toordinal()))
        effective = datetime(
            rate.starts_on.year, rate.starts_on.month, rate.starts_on.day, tzinfo=UTC
        )
        document = {
            "id": name,
            "fromCurrencyCode": rate.currency,
            "toCurrencyCode": HOME_CURRENCY,
            "conversionRate": float(conversion(rate.units_per_usd)),
            "effectiveAt": stamp(effective),
            "createdAt": stamp(effective),
            "updatedAt": stamp(effective),
            "visibleInUI": True,
        }
        yield _document("exchange_rate", name, position, document)


def _product(view: HubspotLife, product: Product) -> NamedTuple:
    values: Properties = {
        "description": None if product.key % 2 else "",
        "hs_product_type": "service" if product.is_subscription else "non_inventory",
        "hs_sku": product.sku,
        "name": product.name,
        "price": number(product.list_price),
        "product_family": product.family,
    }
    return view.record(
        "products",
        hubspot_id("products", product.key),
        product.created_at,
        product.created_at,
        values,
        created_name="createdate",
    )


def _goal(view: HubspotLife, target: Target, created: datetime) -> Iterator[NamedTuple]:
    """One record per assignee and month; the days are the calendar's, written as UTC."""
    record_id = hubspot_id("goal_targets", target.key)
    amounts = target.amount.until(view.at)
    start = datetime(target.month.year, target.month.month, 1, tzinfo=UTC)
    following = next_month(target.month)
    last = datetime(following.year, following.month, 1, tzinfo=UTC) - timedelta(seconds=1)
    values: Properties = {
        "hs_end_datetime": stamp(last, 999),
        "hs_goal_name": f"Sales quota {target.month:%Y-%m}",
        "hs_goal_type": "sales_quota",
        "hs_milestone": "monthly",
        "hs_start_datetime": stamp(start),
        "hs_target_amount": f"{amounts[-1][1]:.2f}",
        "hubspot_owner_id": view.portal.owner(target.rep_key),
    }
    yield view.record(
        "goal_targets", record_id, created, amounts[-1][0], values, deleted_at=target.deleted_at
    )
    yield from history(
        view,
        "goal_targets",
        record_id,
        "hs_target_amount",
        [(when, f"{amount:.2f}") for when, amount in amounts],
        owner=Timeline((created, target.rep_key)),
    )
