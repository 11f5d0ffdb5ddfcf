"""HubSpot: a portal's CRM objects, their history and links, and its settings.

Quirks that shape this description: search stops at 10,000 rows, never shows archived records and
lags behind; contacts are searched by `lastmodifieddate`, all others by `hs_lastmodifieddate`; a
request with history takes 50 records, others 100; links and calculated values change without
moving the modified date; values are text or null whatever their declared type.
"""

from __future__ import annotations

from ingestion.model import Source
from ingestion.sources.hubspot.connection import connect, missing
from ingestion.sources.hubspot.documents import DOCUMENTS
from ingestion.sources.hubspot.objects import OBJECTS

HUBSPOT = Source(
    name="hubspot",
    entities={entity.name: entity for entity in (*DOCUMENTS, *OBJECTS)},
    missing=missing,
    connect=connect,
)
