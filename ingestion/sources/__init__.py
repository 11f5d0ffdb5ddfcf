"""The registry: one line per CRM, and the spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.model import Source
from ingestion.sources.hubspot import HUBSPOT
from ingestion.sources.pipedrive import PIPEDRIVE
from ingestion.sources.salesforce import SALESFORCE
from ingestion.sources.spreadsheets import SPREADSHEETS

SOURCES: Mapping[str, Source] = {
    source.name: source for source in (HUBSPOT, SALESFORCE, PIPEDRIVE, SPREADSHEETS)
}
