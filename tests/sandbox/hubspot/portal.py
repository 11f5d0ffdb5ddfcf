"""A small HubSpot portal written by hand, with the awkward records that the tests look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sandbox.hubspot.texts import iso
from sandbox.store import (
    HubspotAssociation,
    HubspotHistory,
    HubspotObject,
    Store,
)
from tests.sandbox.hubspot.portal_setup import DAY, HOUR, NOW, documents

__all__ = ["DAY", "HOUR", "NOW", "PROBABILITY", "both_ways", "build", "deal_id", "put", "record"]

PROBABILITY = "0.200000000000000011102230246251565404236316680908203125"


def record(
    type: str, id: int, created: int, updated: int, /, **properties: str | None
) -> HubspotObject:
    return HubspotObject(
        type, id, created, updated, 0, None, None, 0, 0, json.dumps(properties, ensure_ascii=False)
    )


def deal_id(number: int) -> int:
    """Ids that do not grow with time."""
    return 9_000_000_000 + (number * 37) % 101


def build(path: Path) -> None:
    """60 live deals (numbers 0 to 59), 130 contacts, 3 companies, line items, setup."""
    with Store(path) as store:
        store.set_meta("now_ms", str(NOW))
        store.put(documents())
        store.put(_records())
        store.put(_links())
        store.put(_history())
        store.commit()


def put(path: Path, *rows: NamedTuple) -> None:
    with Store(path) as store:
        store.put(rows)
        store.commit()


def _records() -> Iterator[HubspotObject]:
    start = NOW - 100 * DAY
    for n in range(130):
        properties: dict[str, str | None] = {
            "email": f"person{n}@buyer.example",
            "firstname": f"Ana{n}",
            "lastname": "Souza \U0001f680" if n == 0 else "Souza",
            "hs_lead_status": "NEW" if n % 2 else "OPEN",
            "company": "",
        }
        yield record("contacts", 1000 + n, start + n * 1000, start + n * HOUR, **properties)
    for n, name in enumerate(("Acme", "Globex", 'Ünïcode, "Quoted"\nTwo lines')):
        yield record(
            "companies", 500 + n, start, start + n, name=name, domain=f"company{n}.example"
        )
    for n in range(60):
        yield record(
            "deals",
            deal_id(n),
            start + n * DAY,
            start + n * DAY + HOUR + 415,
            dealname=f"Deal {n}",
            amount=None if n == 3 else str(n * 100),
            dealstage="appointmentscheduled" if n % 2 else "closedwon",
            pipeline="default",
            closedate=iso(start + n * DAY),
            hubspot_owner_id="904875188",
            hs_deal_stage_probability=PROBABILITY,
            hs_is_closed="false" if n % 2 else "true",
            hs_v2_time_in_current_stage="2025-09-01T10:00:00.123Z",
            hs_open_deal_create_date="1743685150726",
            signed_on="2025-10-31",
        )
    for n in range(3):
        yield record("line_items", 70 + n, start, start, name=f"Item {n}", price="10.00")
    gone = record("deals", 42, start, NOW - DAY, dealname="Deleted")
    yield gone._replace(archived=1, archived_at=NOW - DAY)
    yield gone._replace(id=43, archived=1, archived_at=NOW - 91 * DAY)
    yield gone._replace(id=44, archived=1, archived_at=NOW - DAY, merged_into=45)
    yield gone._replace(id=45, archived=1, archived_at=NOW - DAY, merged_into=deal_id(0))
    yield gone._replace(id=46, archived=1, archived_at=NOW - DAY, erased=1, properties="{}")


def both_ways(
    source: tuple[str, int],
    target: tuple[str, int],
    types: tuple[int, int],
    label: str | None = None,
    category: str = "HUBSPOT_DEFINED",
) -> tuple[HubspotAssociation, HubspotAssociation]:
    return (
        HubspotAssociation(*source, *target, types[0], category, label),
        HubspotAssociation(*target, *source, types[1], category, label),
    )


def _links() -> Iterator[HubspotAssociation]:
    first = ("deals", deal_id(0))
    yield from both_ways(first, ("contacts", 1000), (3, 4))
    yield from both_ways(first, ("contacts", 1000), (61, 62), "Decision maker", "USER_DEFINED")
    yield from both_ways(first, ("companies", 500), (5, 6), "Primary")
    yield from both_ways(first, ("companies", 500), (341, 342))
    yield from both_ways(first, ("companies", 501), (341, 342))
    yield from both_ways(first, ("line_items", 70), (19, 20))
    yield from both_ways(first, ("line_items", 71), (19, 20))
    yield from both_ways(("deals", 42), ("contacts", 1001), (3, 4))
    for n in range(120):
        yield from both_ways(("companies", 502), ("contacts", 1000 + n), (280, 279))


def _history() -> Iterator[HubspotHistory]:
    start = NOW - 100 * DAY
    stages = ("appointmentscheduled", "qualifiedtobuy", "closedwon")
    for n, stage in enumerate(stages):
        yield HubspotHistory(
            "deals", deal_id(0), "dealstage", start + n * DAY, 0, stage, "CRM_UI", "userId:7", 7
        )
    yield HubspotHistory("deals", deal_id(0), "amount", start, 0, None, "CRM_UI", None, None)
