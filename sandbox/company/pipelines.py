"""The pipelines and their stages, with the renames and the deletion that the story has.

HubSpot has three: `default`, the renewals and the mirror of what Salesforce syncs. A deal that lives
in both CRMs has the pipeline key "salesforce"; its HubSpot mirror stands in "synced", in the stage
of the same order.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sandbox.company.model import HUBSPOT, SALESFORCE, Pipeline, Stage, Timeline

BEGINNING = datetime(2023, 10, 1, 12, 0, tzinfo=UTC)
NEEDS_ANALYSIS_RENAMED_AT = datetime(2025, 1, 20, 14, 0, tzinfo=UTC)
CONTRACT_SENT_RENAMED_AT = datetime(2025, 3, 10, 14, 30, tzinfo=UTC)
STAGE_DELETED_AT = datetime(2025, 2, 14, 18, 0, tzinfo=UTC)
DELETED_STAGE = "decisionmakerboughtin"

# Text of the stage, then its second name and when it got it.
_Row = tuple[str, int, str, bool, bool, str]


def _stage(row: _Row, *renamed: tuple[datetime, str], deleted_at: datetime | None = None) -> Stage:
    vendor_id, order, probability, is_closed, is_won, label = row
    return Stage(
        vendor_id=vendor_id,
        order=order,
        probability=Decimal(probability),
        is_closed=is_closed,
        is_won=is_won,
        label=Timeline((BEGINNING, label), *renamed),
        deleted_at=deleted_at,
    )


_DISCOVERY = (NEEDS_ANALYSIS_RENAMED_AT, "Discovery")

DEFAULT = Pipeline(
    key="default",
    system=HUBSPOT,
    vendor_id="default",
    label="SMB sales",
    stages=(
        _stage(("appointmentscheduled", 0, "0.2", False, False, "Appointment scheduled")),
        _stage(("qualifiedtobuy", 1, "0.4", False, False, "Qualified to buy")),
        _stage(("presentationscheduled", 2, "0.6", False, False, "Presentation scheduled")),
        _stage(
            (DELETED_STAGE, 3, "0.8", False, False, "Decision maker bought-in"),
            deleted_at=STAGE_DELETED_AT,
        ),
        _stage(
            ("contractsent", 4, "0.9", False, False, "Contract sent"),
            (CONTRACT_SENT_RENAMED_AT, "Negotiation"),
        ),
        _stage(("closedwon", 5, "1", True, True, "Closed won")),
        _stage(("closedlost", 6, "0", True, False, "Closed lost")),
    ),
)

RENEWALS = Pipeline(
    key="renewals",
    system=HUBSPOT,
    vendor_id="5b1f6a0e-93d2-4c57-8e1b-2f7c40a9d613",
    label="Renewals",
    stages=(
        _stage(("1094527611", 0, "0.5", False, False, "Renewal due")),
        _stage(("1094527612", 1, "0.7", False, False, "Negotiation")),
        _stage(("1094527613", 2, "1", True, True, "Renewed")),
        _stage(("1094527614", 3, "0", True, False, "Not renewed")),
    ),
)

SYNCED = Pipeline(
    key="synced",
    system=HUBSPOT,
    vendor_id="87154233",
    label="Enterprise (synced)",
    stages=(
        _stage(("163920471", 1, "0.1", False, False, "Prospecting")),
        _stage(("163920472", 2, "0.2", False, False, "Qualification")),
        _stage(("163920473", 3, "0.35", False, False, "Needs Analysis"), _DISCOVERY),
        _stage(("163920474", 4, "0.6", False, False, "Proposal/Price Quote")),
        _stage(("163920475", 5, "0.8", False, False, "Negotiation/Review")),
        _stage(("163920476", 6, "1", True, True, "Closed Won")),
        _stage(("163920477", 7, "0", True, False, "Closed Lost")),
    ),
)

SALESFORCE_PIPELINE = Pipeline(
    key="salesforce",
    system=SALESFORCE,
    vendor_id="",
    label="Salesforce",
    stages=(
        _stage(("Prospecting", 1, "0.1", False, False, "Prospecting")),
        _stage(("Qualification", 2, "0.2", False, False, "Qualification")),
        _stage(("Needs Analysis", 3, "0.35", False, False, "Needs Analysis"), _DISCOVERY),
        _stage(("Proposal/Price Quote", 4, "0.6", False, False, "Proposal/Price Quote")),
        _stage(("Negotiation/Review", 5, "0.8", False, False, "Negotiation/Review")),
        _stage(("Closed Won", 6, "1", True, True, "Closed Won")),
        _stage(("Closed Lost", 7, "0", True, False, "Closed Lost")),
    ),
)

PIPELINES = (DEFAULT, RENEWALS, SYNCED, SALESFORCE_PIPELINE)


def mirror_stage(vendor_id: str) -> Stage:
    """The stage of the synced HubSpot pipeline for a Salesforce ApiName."""
    order = next(s.order for s in SALESFORCE_PIPELINE.stages if s.vendor_id == vendor_id)
    return next(s for s in SYNCED.stages if s.order == order)
