"""Deals as Pipedrive shows them: today's values, every change of them, and what is sold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from sandbox.company.dates import business_day
from sandbox.company.model import Deal, Line, Timeline
from sandbox.company.pipedrive_pipelines import LOST, WON
from sandbox.company.pipedrive_record import ARCHIVED, DELETED, LIVE, PipedriveLife, record
from sandbox.company.pipedrive_words import (
    DEAL_TYPE,
    MARGIN,
    number,
    record_id,
    stamp,
    user_id,
)
from sandbox.store import PipedriveChange, PipedriveRecord

T = TypeVar("T")

# How long a deleted deal can still be asked for.
KEPT_FOR = timedelta(days=30)
_CLOSED = (WON, LOST)


@dataclass(frozen=True)
class _Change:
    at: datetime
    field: str
    old: str | None
    new: str | None


def deals(view: PipedriveLife) -> Iterator[PipedriveRecord | PipedriveChange]:
    for deal in view.life.deals:
        if deal.pipedrive_at is None or not view.happened(deal.pipedrive_at):
            continue
        if _is_purged(view, deal):
            continue
        changes = sorted(_changes(view, deal), key=lambda each: each.at)
        yield _deal(view, deal, changes)
        actor = user_id(deal.owner.at(view.at) or 0)
        for ordinal, change in enumerate(changes):
            yield PipedriveChange(
                record_id(deal.key),
                int(change.at.timestamp()) * 1000,
                ordinal,
                change.field,
                change.old,
                change.new,
                actor,
            )
        yield from _products(view, deal)


def _is_purged(view: PipedriveLife, deal: Deal) -> bool:
    """A merged one is gone at once, a deleted one after a month."""
    if deal.deleted_at is None or not view.happened(deal.deleted_at):
        return False
    return deal.merged_into is not None or deal.deleted_at + KEPT_FOR <= view.at


def _deal(view: PipedriveLife, deal: Deal, changes: list[_Change]) -> PipedriveRecord:
    at = view.at
    entries = deal.stage.until(at)
    moves = [change.at for change in changes if change.field == "stage_id"]
    ended_at, last = entries[-1]
    closed_at = ended_at if last in _CLOSED else None
    is_deleted = view.happened(deal.deleted_at)
    is_archived = view.happened(deal.archived_at) and not is_deleted
    touched = [deal.created_at, *(change.at for change in changes)]
    if is_deleted and deal.deleted_at:
        touched.append(deal.deleted_at)
    if is_archived and deal.archived_at:
        touched.append(deal.archived_at)
    pipeline = next(p for p in view.unit.pipelines if p.key == deal.pipeline_key)
    amount = deal.amount.at(at)
    owner = user_id(deal.owner.at(at) or 0)
    day = business_day(closed_at).isoformat() if closed_at else None
    status = "deleted" if is_deleted else last if closed_at else "open"
    return record(
        "deals",
        record_id(deal.key),
        deal.created_at,
        max(touched),
        {
            "title": deal.name.at(at),
            "creator_user_id": owner,
            "owner_id": owner,
            "value": number(amount),
            "currency": deal.currency,
            "person_id": view.persons.get(deal.person_keys[0]) if deal.person_keys else None,
            "org_id": view.organizations.get(deal.company_key),
            "pipeline_id": int(pipeline.vendor_id),
            "stage_id": int(_standing(entries)),
            "status": status,
            "probability": None,
            "lost_reason": deal.loss_reason if last == LOST else None,
            "stage_change_time": stamp(moves[-1]) if moves else None,
            "close_time": stamp(closed_at) if closed_at else None,
            "won_time": stamp(closed_at) if closed_at and last == WON else None,
            "lost_time": stamp(closed_at) if closed_at and last == LOST else None,
            "local_won_date": day if last == WON else None,
            "local_lost_date": day if last == LOST else None,
            "local_close_date": day,
            "expected_close_date": _expected(deal).at(at),
            "label_ids": [],
            "custom_fields": _custom(deal, amount),
            "is_deleted": is_deleted,
            "is_archived": is_archived,
            "archive_time": stamp(deal.archived_at) if is_archived and deal.archived_at else None,
            "visible_to": 3,
            "origin": "ManuallyCreated",
            "origin_id": None,
            "channel": None,
            "channel_id": None,
            "arr": None,
            "mrr": None,
            "acv": None,
            "source_lead_id": None,
        },
        state=DELETED if is_deleted else ARCHIVED if is_archived else LIVE,
    )


def _standing(entries: list[tuple[datetime, str]]) -> str:
    """The stage it stands in: won and lost are none, the deal stays where it was."""
    return next(stage for _, stage in reversed(entries) if stage not in _CLOSED)


def _custom(deal: Deal, amount: Decimal | None) -> dict[str, Any] | None:
    kind = DEAL_TYPE.option(deal.deal_type)
    if kind is None:
        return None
    margin = None
    if amount is not None and deal.key % 4 == 0:
        worth = (amount * Decimal("0.3")).quantize(Decimal("0.01"))
        margin = {"value": number(worth), "currency": deal.currency}
    return {DEAL_TYPE.hash: kind, MARGIN.hash: margin}


def _changes(view: PipedriveLife, deal: Deal) -> Iterator[_Change]:
    yield from _steps(view, deal)
    yield from _moved(view, "value", deal.amount, _money)
    yield from _moved(view, "expected_close_date", _expected(deal), str)
    yield from _moved(view, "user_id", deal.owner, lambda key: str(user_id(key)))


def _steps(view: PipedriveLife, deal: Deal) -> Iterator[_Change]:
    entries = deal.stage.until(view.at)
    status, standing = "open", entries[0][1]
    for at, stage in entries[1:]:
        following = stage if stage in _CLOSED else "open"
        if following != status:
            yield _Change(at, "status", status, following)
            if deal.loss_reason and LOST in (status, following):
                reasons = (None, deal.loss_reason)
                old, new = reasons if following == LOST else reasons[::-1]
                yield _Change(at, "lost_reason", old, new)
            status = following
        if stage not in _CLOSED and stage != standing:
            yield _Change(at, "stage_id", standing, stage)
            standing = stage


def _moved(view: PipedriveLife, field: str, timeline: Timeline[T], text: Any) -> Iterator[_Change]:
    entries = timeline.until(view.at)
    for (_, old), (at, new) in pairwise(entries):
        if old != new:
            yield _Change(at, field, *(None if v is None else text(v) for v in (old, new)))


def _money(amount: Decimal) -> str:
    return str(number(amount))


def _expected(deal: Deal) -> Timeline[str]:
    """Closing a deal leaves the expected day as it was."""
    closings = {at for at, stage in deal.stage if stage in _CLOSED}
    days: list[tuple[datetime, date]] = [
        (at, day) for at, day in deal.close_on if at not in closings
    ]
    return Timeline(*((at, day.isoformat()) for at, day in days))


def _products(view: PipedriveLife, deal: Deal) -> Iterator[PipedriveRecord]:
    products = {product.key: product for product in view.unit.products}
    for line in deal.lines:
        if line.created_at <= view.at:
            yield _line(deal, line, products[line.product_key].name)


def _line(deal: Deal, line: Line, name: str) -> PipedriveRecord:
    return record(
        "deal_products",
        record_id(line.key),
        line.created_at,
        line.created_at,
        {
            "deal_id": record_id(deal.key),
            "product_id": line.product_key,
            "product_variation_id": None,
            "name": name,
            "quantity": line.quantity,
            "item_price": number(line.unit_price),
            "sum": number(line.amount),
            "tax": 0,
            "tax_method": "inclusive",
            "discount": number(line.discount_percent),
            "discount_type": "percentage",
            "currency": deal.currency,
            "is_enabled": True,
            "comments": "",
            "billing_frequency": "one-time",
            "billing_frequency_cycles": None,
            "billing_start_date": None,
        },
    )
