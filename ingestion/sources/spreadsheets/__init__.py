"""Spreadsheets: XLSX and CSV files in a folder, as people in Brazil, Mexico and Spain save them."""

from __future__ import annotations

from ingestion.model import Source
from ingestion.sources.spreadsheets.connection import connect, missing
from ingestion.sources.spreadsheets.entities import ENTITIES
from ingestion.sources.spreadsheets.identity import identify

SPREADSHEETS = Source(
    name="spreadsheets",
    entities={entity.name: entity for entity in ENTITIES},
    missing=missing,
    connect=connect,
    identify=identify,
)
