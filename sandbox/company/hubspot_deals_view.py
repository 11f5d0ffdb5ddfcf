"""Deals in HubSpot with their history and associations.

A deal that also lives in Salesforce stands in the synced pipeline and follows it; its lines stay in
Salesforce, because the sync does not carry them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sandbox.company.dates import business_day, midnight
from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_lines_view import lines, quote
from sandbox.company.hubspot_links import link
from sandbox.company.hubspot_portal import SOURCES
from sandbox.company.hubspot_text import (
    Properties,
    exact,
    instant_text,
    milliseconds,
    number,
    stamp,
    unset,
)
from sandbox.company.identity import hubspot_id, salesforce_id
from sandbox.company.model import Deal, Stage, Timeline
from sandbox.company.versions import Versions, versions
from sandbox.store import HubspotHistory

_CENT = Decimal("0.01")
_TYPES = {"new": "newbusiness", "expansion": "existingbusiness", "renewal": "renewal"}
# HubSpot computes the projected amount a little after the write that changes it.
_RECOMPUTED_AFTER = timedelta(seconds=33)


def deals(view: HubspotLife) -> Iterator[NamedTuple]:
    for deal in view.life.deals:
        if deal.key in view.deals and deal.hubspot_at is not None:
            yield from _deal(view, deal, deal.hubspot_at)


def _deal(view: HubspotLife, deal: Deal, start: datetime) -> Iterator[NamedTuple]:
    at, key, portal = view.at, deal.key, view.portal
    record_id = hubspot_id("deals", key)
    pipeline_id, listed = portal.pipeline(deal.pipeline_key)
    stages = [(when, listed[stage]) for when, stage in versions(deal.stage, start, at)]
    amounts: Versions[Decimal | None] = versions(deal.amount, start, at) or [(start, None)]
    owners = versions(deal.owner, start, at)
    names = versions(deal.name, start, at)
    steps = versions(deal.next_step, start, at)
    close_dates = _close_dates(stages, versions(deal.close_on, start, at))
    is_mirror = deal.salesforce_at is not None
    synced = max(start, deal.salesforce_at) if deal.salesforce_at is not None else None
    absorbed = view.absorbed(view.life.deals, key)
    writes = [stages[-1][0], amounts[-1][0], owners[-1][0], close_dates[-1][0], start]
    writes += [entries[-1][0] for entries in (names, steps) if entries]
    writes += [each for each in (synced, deal.restored_at) if each is not None and each <= at]
    writes += [loser.deleted_at for loser in absorbed if loser.deleted_at is not None]
    entered, stage = stages[-1]
    amount = amounts[-1][1]
    rate = _rate(view, deal, stage, entered)
    source, _ = SOURCES[deal.channel]
    campaign = portal.campaigns.get(deal.campaign_key or -1)
    is_lost = stage.is_closed and not stage.is_won
    values: Properties = {
        "amount": unset(key) if amount is None else number(amount),
        "amount_in_home_currency": _converted(amount, rate),
        "closed_lost_reason": deal.loss_reason if is_lost and deal.loss_reason else unset(key),
        "closed_won_reason": "Best fit" if stage.is_won and key % 4 == 0 else None,
        "closedate": close_dates[-1][1],
        "coupon_code": deal.coupon,
        "days_to_close": str((entered - start).days) if stage.is_closed else None,
        "deal_currency_code": deal.currency,
        "dealname": names[-1][1] if names else None,
        "dealstage": stage.vendor_id,
        "dealtype": _TYPES[deal.deal_type],
        "hs_analytics_source": source,
        "hs_analytics_source_data_2": campaign.name if campaign else None,
        "hs_deal_stage_probability": (
            unset(key) if deal.probability_missing else exact(stage.probability)
        ),
        "hs_exchange_rate": None if rate is None else number(rate),
        "hs_forecast_amount": None if amount is None else number(amount),
        "hs_is_closed": _bool(stage.is_closed),
        "hs_is_closed_lost": _bool(is_lost),
        "hs_is_closed_won": _bool(stage.is_won),
        "hs_manual_forecast_category": _category(stage),
        "hs_merged_object_ids": (
            ";".join(str(hubspot_id("deals", loser.key)) for loser in absorbed) or None
        ),
        # Declared a number, and holds an instant.
        "hs_open_deal_create_date": None if stage.is_closed else str(milliseconds(start)),
        "hs_next_step": (steps[-1][1] if steps else None) or unset(key),
        "hs_priority": (None, "low", "medium", "high")[key % 4],
        "hs_projected_amount": _projected(at, stages, amounts),
        "hs_salesforceopportunityid": (
            salesforce_id("006", key) if synced is not None and synced <= at else None
        ),
        "hs_v2_time_in_current_stage": stamp(entered),
        "hubspot_owner_id": portal.owner(owners[-1][1]) or unset(key),
        "num_associated_contacts": str(len(_contacts(view, deal))),
        "pipeline": pipeline_id,
    }
    is_away = deal.restored_at is None or deal.restored_at > at
    yield view.record(
        "deals",
        record_id,
        start,
        max(writes),
        values,
        created_name="createdate",
        deleted_at=deal.deleted_at if is_away else None,
        merged_into=None if deal.merged_into is None else hubspot_id("deals", deal.merged_into),
    )
    histories: dict[str, list[tuple[datetime, str | None]]] = {
        "dealstage": [(when, each.vendor_id) for when, each in stages],
        "pipeline": [(start, pipeline_id)],
        "amount": [(when, None if v is None else number(v)) for when, v in amounts],
        "closedate": [(when, text) for when, text in close_dates],
        "hubspot_owner_id": [(when, portal.owner(rep) or "") for when, rep in owners],
        "hs_manual_forecast_category": _changes([(when, _category(s)) for when, s in stages]),
    }
    for name, entries in histories.items():
        yield from history(
            view, "deals", record_id, name, entries, owner=deal.owner, is_mirror=is_mirror
        )
    yield from _associations(view, deal, record_id)
    if not is_mirror:
        yield from lines(view, deal, record_id)
        yield from quote(view, deal, stages)


def history(
    view: HubspotLife,
    kind: str,
    record_id: int,
    name: str,
    entries: list[tuple[datetime, str | None]],
    *,
    owner: Timeline[int],
    is_mirror: bool = False,
) -> Iterator[HubspotHistory]:
    """Rows of one property, oldest first; the writer is the owner, or the sync for a mirror."""
    previous: int | None = None
    ordinal = 0
    for when, value in entries:
        at_ms = milliseconds(when)
        ordinal = ordinal + 1 if at_ms == previous else 0
        previous = at_ms
        user = None if is_mirror else view.portal.user(owner.at(when))
        if is_mirror:
            source, source_id = "INTEGRATION", "salesforce"
        elif user is None:
            source, source_id = "API", None
        else:
            source, source_id = "CRM_UI", f"userId:{user}"
        yield HubspotHistory(kind, record_id, name, at_ms, ordinal, value, source, source_id, user)


def _close_dates(stages: Versions[Stage], days: Versions[date]) -> list[tuple[datetime, str]]:
    """Midnight where the business is while a deal is open, the instant of closing afterwards."""
    found: list[tuple[datetime, str]] = []
    stage_index = day_index = 0
    for when in sorted({when for when, _ in stages} | {when for when, _ in days}):
        while stage_index + 1 < len(stages) and stages[stage_index + 1][0] <= when:
            stage_index += 1
        while day_index + 1 < len(days) and days[day_index + 1][0] <= when:
            day_index += 1
        entered, stage = stages[stage_index]
        day = days[day_index][1]
        # A close date that somebody set by hand afterwards is a day again.
        is_instant = stage.is_closed and business_day(entered) == day
        text = instant_text(entered if is_instant else midnight(day))
        if not found or found[-1][1] != text:
            found.append((when, text))
    return found


def _rate(view: HubspotLife, deal: Deal, stage: Stage, entered: datetime) -> Decimal | None:
    """Today's rate while the deal is open; the rate of its closing once it is closed."""
    instant = entered if stage.is_closed else view.at
    return view.portal.rate(deal.currency, business_day(instant))


def _converted(amount: Decimal | None, rate: Decimal | None) -> str | None:
    if amount is None or rate is None:
        return None
    return number((amount * rate).quantize(_CENT, ROUND_HALF_UP))


def _projected(
    at: datetime, stages: Versions[Stage], amounts: Versions[Decimal | None]
) -> str | None:
    until = at - _RECOMPUTED_AFTER
    stage = next((value for when, value in reversed(stages) if when <= until), None)
    amount = next((value for when, value in reversed(amounts) if when <= until), None)
    if stage is None or amount is None:
        return None
    return str(Decimal(float(amount) * float(stage.probability)))


def _category(stage: Stage) -> str:
    if stage.is_closed:
        return "CLOSED" if stage.is_won else "OMIT"
    if stage.probability >= Decimal("0.8"):
        return "COMMIT"
    return "BEST_CASE" if stage.probability >= Decimal("0.5") else "PIPELINE"


def _changes(entries: list[tuple[datetime, str]]) -> list[tuple[datetime, str | None]]:
    found: list[tuple[datetime, str | None]] = []
    for when, value in entries:
        if not found or found[-1][1] != value:
            found.append((when, value))
    return found


def _contacts(view: HubspotLife, deal: Deal) -> list[int]:
    """The ids of the deal's contacts, the primary one first, once they are linked."""
    if deal.contact_linked_at is not None and deal.contact_linked_at > view.at:
        return []
    found = [view.contacts[key] for key in deal.person_keys if key in view.contacts]
    return list(dict.fromkeys(found))


def _associations(view: HubspotLife, deal: Deal, record_id: int) -> Iterator[NamedTuple]:
    if view.deals[deal.key] != record_id:
        return  # merged away: what took it in has its own links
    for position, contact in enumerate(_contacts(view, deal)):
        yield from link("deals", record_id, "contacts", contact, decision_maker=position == 0)
    company = view.companies.get(deal.company_key)
    if company is not None:
        yield from link("deals", record_id, "companies", company)
    for key in deal.person_keys[:1]:
        person = view.people.get(key)
        handed_over = person.marketing_qualified_at if person else None
        if key in view.contacts and handed_over is not None and handed_over <= deal.created_at:
            yield from link("deals", record_id, "leads", hubspot_id("leads", key))


def _bool(value: bool) -> str:
    return "true" if value else "false"
