"""The registry: one line per CRM."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.model import Source
from ingestion.sources.hubspot import HUBSPOT
from ingestion.sources.pipedrive import PIPEDRIVE
from ingestion.sources.salesforce import SALESFORCE

SOURCES: Mapping[str, Source] = {source.name: source for source in (HUBSPOT, SALESFORCE, PIPEDRIVE)}
