"""The pipelines of the unit that sells through partners. Pipedrive has no stages for won and lost:
a deal keeps the stage it stood in and changes its status. Here they are stages like elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sandbox.company.model import PIPEDRIVE, Pipeline, Stage, Timeline
from sandbox.company.pipelines import BEGINNING

QUALIFIED_RENAMED_AT = datetime(2025, 4, 7, 13, 20, tzinfo=UTC)
WON, LOST = "won", "lost"


def _open(vendor_id: str, order: int, per_cent: int, label: str, *renamed: str) -> Stage:
    names = Timeline((BEGINNING, label), *((QUALIFIED_RENAMED_AT, name) for name in renamed))
    return Stage(
        vendor_id=vendor_id,
        order=order,
        probability=Decimal(per_cent) / 100,
        is_closed=False,
        is_won=False,
        label=names,
    )


def _closed(order: int) -> tuple[Stage, Stage]:
    return (
        Stage(WON, order, Decimal(1), True, True, Timeline((BEGINNING, "Won"))),
        Stage(LOST, order + 1, Decimal(0), True, False, Timeline((BEGINNING, "Lost"))),
    )


PARTNER_SALES = Pipeline(
    key="partner_sales",
    system=PIPEDRIVE,
    vendor_id="1",
    label="Partner sales",
    stages=(
        _open("11", 1, 10, "Introduced"),
        _open("12", 2, 30, "Contact made", "Qualified"),
        _open("13", 3, 60, "Offer made"),
        _open("14", 4, 80, "Negotiation"),
        *_closed(5),
    ),
)

PARTNER_RENEWALS = Pipeline(
    key="partner_renewals",
    system=PIPEDRIVE,
    vendor_id="2",
    label="Partner renewals",
    stages=(
        _open("21", 1, 50, "Renewal due"),
        _open("22", 2, 70, "Renewal offered"),
        *_closed(3),
    ),
)

PARTNER_PIPELINES = (PARTNER_SALES, PARTNER_RENEWALS)
