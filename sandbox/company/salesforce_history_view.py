"""What Salesforce writes down of an opportunity's changes: OpportunityHistory, OpportunityFieldHistory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from sandbox.company.identity import salesforce_id
from sandbox.company.model import Deal, Stage
from sandbox.company.salesforce_life import RECYCLE_BIN, SalesforceLife
from sandbox.company.salesforce_values import (
    Fields,
    encoded,
    milliseconds,
    number,
    number_or_none,
    stamp,
)
from sandbox.company.versions import versions
from sandbox.store import SalesforceRecord

CATEGORY_NAMES = {
    "Pipeline": "Pipeline",
    "BestCase": "Best Case",
    "Forecast": "Commit",
    "Closed": "Closed",
    "Omitted": "Omitted",
}
_PREFIXES = {"OpportunityHistory": "008", "OpportunityFieldHistory": "017"}
_ROWS_PER_DEAL = 1000  # a row's key is the deal's key and the row's place
_KINDS = {"created": 0, "StageName": 1, "Amount": 2, "CloseDate": 3, "Owner": 4}


class Snapshot(NamedTuple):
    """The deal after a save."""

    at: datetime
    stage: Stage
    amount: Decimal | None
    close_on: date


def category(stage: Stage) -> str:
    if stage.is_closed:
        return "Closed" if stage.is_won else "Omitted"
    if stage.probability >= Decimal("0.8"):
        return "Forecast"
    return "BestCase" if stage.probability >= Decimal("0.5") else "Pipeline"


def snapshots_of(view: SalesforceLife, deal: Deal, start: datetime) -> list[Snapshot]:
    """Stage, amount and close date after each save that changed one of them."""
    stages = dict(versions(deal.stage, start, view.at))
    amounts = dict(versions(deal.amount, start, view.at))
    days = dict(versions(deal.close_on, start, view.at))
    stage: str | None = None
    amount: Decimal | None = None
    day: date | None = None
    found: list[Snapshot] = []
    for when in sorted({*stages, *amounts, *days}):
        stage, amount, day = stages.get(when, stage), amounts.get(when, amount), days.get(when, day)
        if stage is None or day is None:
            raise ValueError(f"deal {deal.key} has no stage or no close date when it begins")
        entry = Snapshot(when, view.org.stages[stage], amount, day)
        if not found or found[-1][1:] != entry[1:]:
            found.append(entry)
    return found


def entered_at(snapshots: list[Snapshot]) -> datetime:
    """When the deal came into the stage in which it is."""
    entered, last = snapshots[-1].at, snapshots[-1].stage
    for when, stage, _, _ in reversed(snapshots):
        if stage is not last:
            break
        entered = when
    return entered


def expected(amount: Decimal | None, stage: Stage) -> float | None:
    return None if amount is None else number(amount * stage.probability)


def history(
    view: SalesforceLife, deal: Deal, record_id: str, snapshots: list[Snapshot]
) -> Iterator[SalesforceRecord]:
    """A row per save: all the new values, and the amount and close date from before."""
    before: Snapshot | None = None
    for position, snapshot in enumerate(snapshots):
        when, stage, amount, close_on = snapshot
        fields: Fields = {
            "OpportunityId": record_id,
            "StageName": stage.vendor_id,
            "Amount": number_or_none(amount),
            "CloseDate": close_on.isoformat(),
            "Probability": None if deal.probability_missing else number(stage.probability * 100),
            "ForecastCategory": category(stage),
            "ExpectedRevenue": expected(amount, stage),
            "CurrencyIsoCode": deal.currency,
            "PrevAmount": number_or_none(before.amount) if before else None,
            "PrevCloseDate": before.close_on.isoformat() if before else None,
        }
        before = snapshot
        yield _row(view, deal, "OpportunityHistory", when, fields, place=position)


def field_history(
    view: SalesforceLife,
    deal: Deal,
    record_id: str,
    snapshots: list[Snapshot],
    owners: list[tuple[datetime, int]],
) -> Iterator[SalesforceRecord]:
    start = snapshots[0].at
    changes: list[tuple[datetime, str, str, Any, Any]] = [(start, "created", "Text", None, None)]
    for (_, stage, amount, day), (when, new_stage, new_amount, new_day) in pairwise(snapshots):
        if new_stage is not stage:
            changes.append((when, "StageName", "DynamicEnum", stage.vendor_id, new_stage.vendor_id))
        if new_amount != amount:
            old, new = number_or_none(amount), number_or_none(new_amount)
            changes.append((when, "Amount", "Currency", old, new))
        if new_day != day:
            changes.append((when, "CloseDate", "DateOnly", day.isoformat(), new_day.isoformat()))
    user, name = view.org.user, view.org.user_name
    for (_, rep), (when, new_rep) in pairwise(owners):
        # A lookup leaves two rows: one with the ids, one with the names.
        changes.append((when, "Owner", "EntityId", user(rep), user(new_rep)))
        changes.append((when, "Owner", "Text", name(rep), name(new_rep)))
    for position, (when, field, data_type, old, new) in enumerate(changes):
        fields: Fields = {
            "OpportunityId": record_id,
            "Field": field,
            "DataType": data_type,
            "OldValue": old,
            "NewValue": new,
        }
        # Numbered by kind, so that a later change of one kind leaves the ids of the others alone.
        number_in_kind = sum(1 for each in changes[:position] if each[1] == field)
        place = _KINDS[field] * 200 + number_in_kind
        yield _row(view, deal, "OpportunityFieldHistory", when, fields, place=place)


def _row(
    view: SalesforceLife, deal: Deal, kind: str, when: datetime, fields: Fields, *, place: int
) -> SalesforceRecord:
    """A history row: written once, gone with its opportunity, back with it."""
    record_id = salesforce_id(_PREFIXES[kind], deal.key * _ROWS_PER_DEAL + place)
    is_restored = view.happened(deal.restored_at)
    deleted_at = None if is_restored else deal.deleted_at
    is_deleted = deleted_at is not None and deleted_at <= view.at
    moved = deleted_at if is_deleted and deleted_at else when
    if is_restored and deal.restored_at and deal.deleted_at and when <= deal.deleted_at:
        moved = deal.restored_at
    fields["Id"] = record_id
    fields["IsDeleted"] = is_deleted
    fields["CreatedDate"] = stamp(when)
    fields["CreatedById"] = view.org.user(deal.owner.at(when))
    if kind == "OpportunityHistory":
        fields["SystemModstamp"] = stamp(moved)
    return SalesforceRecord(
        kind,
        record_id,
        milliseconds(when),
        milliseconds(moved),
        int(is_deleted),
        milliseconds(moved) if is_deleted else None,
        int(is_deleted and view.at - moved >= RECYCLE_BIN),
        encoded(fields),
    )
