"""Salesforce: the sales objects of an org, by SOQL over REST or Bulk API 2.0.

Quirks that shape this description: describe decides what exists and may be seen; stamps have
seconds, are set when a save begins and seen when it commits, so windows overlap; `queryAll` shows
deleted, merged and archived rows; a page may hold any number of rows; formulas change without
moving the stamp; Bulk knows no compound fields and is slowed by ORDER BY.
"""

from __future__ import annotations

from ingestion.model import Source
from ingestion.sources.salesforce.connection import connect, missing
from ingestion.sources.salesforce.objects import OBJECTS

SALESFORCE = Source(
    name="salesforce",
    entities={entity.name: entity for entity in OBJECTS},
    missing=missing,
    connect=connect,
)
