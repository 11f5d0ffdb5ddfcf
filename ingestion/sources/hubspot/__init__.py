"""HubSpot: a portal's CRM objects, their history and links, and its settings.

Quirks that shape this description: search stops at 10,000 rows, never shows archived records and
lags behind; contacts are searched by `lastmodifieddate`, all others by `hs_lastmodifieddate`; a
request with history takes 50 records, others 100; links and calculated values change without
moving the modified date; values are text or null whatever their declared type.
"""

from __future__ import annotations

from ingestion.model import Source
from ingestion.sources.hubspot.connection import connect
from ingestion.sources.hubspot.custom import custom, discover
from ingestion.sources.hubspot.documents import DOCUMENTS
from ingestion.sources.hubspot.identity import identify
from ingestion.sources.hubspot.login import missing
from ingestion.sources.hubspot.objects import OBJECTS

HUBSPOT = Source(
    name="hubspot",
    entities={entity.name: entity for entity in (*DOCUMENTS, *OBJECTS)},
    # Activities are by far the most numerous: they come last.
    urgent=(
        "deals",
        "contacts",
        "companies",
        "line_items",
        "products",
        "quotes",
        "tickets",
        "leads",
        "goal_targets",
        "feedback_submissions",
    ),
    missing=missing,
    connect=connect,
    discover=discover,
    custom=custom,
    identify=identify,
)
