"""Pipedrive: an account's deals with every change of them, what stands around them, its settings.

Quirks that shape this description: version 2 has cursors and takes times, version 1 is still needed
for users, leads, currencies and changes, and each of its lists pages in its own way or not at all;
archived deals and deleted ones stand in lists of their own; whatever else is deleted or merged just
vanishes, so that an erased person cannot be told from a deleted one: people are forgotten here when
`python -m ingestion erase` names them, and not by themselves; no list tells how many there are, so there is nothing to count against; a day's budget is
in tokens, of which the changes of one deal cost more than a list of 500.
"""

from __future__ import annotations

from ingestion.model import Source
from ingestion.sources.pipedrive.connection import connect
from ingestion.sources.pipedrive.deals import DEALS
from ingestion.sources.pipedrive.identity import identify
from ingestion.sources.pipedrive.login import missing
from ingestion.sources.pipedrive.objects import OBJECTS

PIPEDRIVE = Source(
    name="pipedrive",
    entities={entity.name: entity for entity in (*OBJECTS, DEALS)},
    missing=missing,
    connect=connect,
    identify=identify,
)
