"""Salesforce: the sales objects of an org, by SOQL over REST or Bulk API 2.0.

Quirks that shape this description: describe decides what exists and may be seen; stamps have
seconds, are set when a save begins and seen when it commits, so windows overlap; `queryAll` shows
deleted, merged and archived rows; a page may hold any number of rows; formulas change without
moving the stamp; Bulk knows no compound fields and is slowed by ORDER BY.
"""

from __future__ import annotations

from ingestion.model import Source
from ingestion.sources.salesforce.connection import connect
from ingestion.sources.salesforce.custom import custom, discover
from ingestion.sources.salesforce.identity import identify
from ingestion.sources.salesforce.login import missing
from ingestion.sources.salesforce.objects import OBJECTS

SALESFORCE = Source(
    name="salesforce",
    entities={entity.name: entity for entity in OBJECTS},
    # Activities are by far the most numerous: they come last.
    urgent=(
        "opportunities",
        "opportunity_history",
        "opportunity_field_history",
        "opportunity_line_items",
        "opportunity_contact_roles",
        "accounts",
        "contacts",
        "leads",
        "products",
        "pricebook_entries",
        "cases",
        "contracts",
        "orders",
        "order_items",
        "campaigns",
        "campaign_members",
    ),
    missing=missing,
    connect=connect,
    discover=discover,
    custom=custom,
    identify=identify,
)
