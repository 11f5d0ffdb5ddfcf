"""Line items of HubSpot deals, and the quotes that were sent for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sandbox.company.dates import business_day
from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_links import link
from sandbox.company.hubspot_portal import HOME_CURRENCY
from sandbox.company.hubspot_text import Properties, number, unset
from sandbox.company.identity import hubspot_id
from sandbox.company.model import Deal, Line, Stage


def lines(view: HubspotLife, deal: Deal, record_id: int) -> Iterator[NamedTuple]:
    for line in deal.lines:
        if line.created_at > view.at:
            continue
        line_id = hubspot_id("line_items", line.key)
        values = _line(view, line)
        values["hs_line_item_currency_code"] = deal.currency
        yield view.record(
            "line_items",
            line_id,
            line.created_at,
            line.created_at,
            values,
            created_name="createdate",
        )
        yield from link("line_items", line_id, "deals", view.deals.get(deal.key, record_id))


def _line(view: HubspotLife, line: Line) -> Properties:
    product = view.portal.products[line.product_key]
    return {
        "amount": number(line.amount),
        "discount": None,
        "hs_discount_percentage": (
            number(line.discount_percent) if line.discount_percent else unset(line.key)
        ),
        "hs_product_id": str(hubspot_id("products", line.product_key)),
        "hs_sku": product.sku,
        "name": product.name,
        "price": number(line.unit_price),
        "quantity": str(line.quantity),
    }


def quote(
    view: HubspotLife, deal: Deal, stages: Sequence[tuple[datetime, Stage]]
) -> Iterator[NamedTuple]:
    """A quote goes out when a deal with lines comes close to being won."""
    near = Decimal("0.7")
    sent = next((when for when, stage in stages if stage.probability >= near), None)
    lines = [line for line in deal.lines if sent is not None and line.created_at <= sent]
    if sent is None or not lines:
        return
    quote_id = hubspot_id("quotes", deal.key)
    won_at = next((when for when, stage in stages if stage.is_won), None)
    values: Properties = {
        "hs_currency": deal.currency or HOME_CURRENCY,
        "hs_expiration_date": (business_day(sent) + timedelta(days=30)).isoformat(),
        "hs_quote_amount": number(sum((line.amount for line in lines), Decimal(0))),
        "hs_quote_number": f"{business_day(sent):%Y%m%d}-{quote_id % 1_000_000:06d}",
        "hs_status": "APPROVED" if won_at else "APPROVAL_NOT_NEEDED",
        "hs_title": f"Quote for {deal.name.at(sent) or deal.key}",
    }
    yield view.record("quotes", quote_id, sent, won_at or sent, values)
    yield from link("quotes", quote_id, "deals", view.deals[deal.key])
    for line in lines:
        yield from link("quotes", quote_id, "line_items", hubspot_id("line_items", line.key))
