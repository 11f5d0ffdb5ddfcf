"""How the hand-written portal is set up: account, people, pipelines, definitions, campaigns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.hubspot.texts import iso
from sandbox.store import HubspotDocument

NOW = 1_762_182_000_000  # 2025-11-03T15:00:00Z
DAY = 86_400_000
HOUR = 3_600_000

PROPERTIES: dict[str, dict[str, str]] = {
    "contacts": {
        "email": "string",
        "firstname": "string",
        "lastname": "string",
        "phone": "phone_number",
        "company": "string",
        "hs_lead_status": "enumeration",
        "createdate": "datetime",
        "lastmodifieddate": "datetime",
        "hs_object_id": "number",
    },
    "companies": {
        "name": "string",
        "domain": "string",
        "createdate": "datetime",
        "hs_lastmodifieddate": "datetime",
        "hs_object_id": "number",
    },
    "deals": {
        "dealname": "string",
        "amount": "number",
        "dealstage": "enumeration",
        "pipeline": "enumeration",
        "closedate": "datetime",
        "hubspot_owner_id": "enumeration",
        "hs_deal_stage_probability": "number",
        "hs_is_closed": "bool",
        "hs_merged_object_ids": "string",
        "hs_v2_time_in_current_stage": "datetime",
        "hs_open_deal_create_date": "number",
        "signed_on": "date",
        "createdate": "datetime",
        "hs_lastmodifieddate": "datetime",
        "hs_object_id": "number",
    },
    "line_items": {
        "name": "string",
        "price": "number",
        "createdate": "datetime",
        "hs_lastmodifieddate": "datetime",
        "hs_object_id": "number",
    },
}


def documents() -> Iterator[HubspotDocument]:
    yield _document(
        "account",
        "1",
        {
            "portalId": 4242,
            "accountType": "STANDARD",
            "timeZone": "America/Sao_Paulo",
            "companyCurrency": "USD",
            "additionalCurrencies": ["BRL"],
            "utcOffset": "-03:00",
            "utcOffsetMilliseconds": -10_800_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )
    yield _document("owner", "904875188", _owner("904875188", "rita@sandbox.example", 73074756))
    yield _document("owner", "31", _owner("31", "joao@sandbox.example", 31), position=1)
    left = _owner("77", "left@sandbox.example", 88) | {"userId": None, "archived": True}
    yield _document("owner", "77", left, archived=1)
    yield _document("team", "5", {"id": "5", "name": "South", "userIds": ["73074756"]})
    yield _document("pipeline:deals", "default", _pipeline())
    yield _document("pipeline:deals", "old", {"id": "old", "label": "Old"}, archived=1)
    for type, definitions in PROPERTIES.items():
        for position, (name, kind) in enumerate(definitions.items()):
            yield _document(f"property:{type}", name, _property(name, kind), position=position)
    secret = _property("salary", "number") | {"dataSensitivity": "sensitive"}
    yield _document("property:contacts", "salary", secret, position=90)
    past = _property("old_name", "string") | {"archived": True}
    yield _document("property:contacts", "old_name", past, position=91, archived=1)
    for position, (id, label) in enumerate(((3, None), (61, "Decision maker"))):
        category = "USER_DEFINED" if label else "HUBSPOT_DEFINED"
        yield _document(
            "association_label:deals:contacts",
            str(id),
            {"category": category, "typeId": id, "label": label},
            position=position,
        )
    for position, rate in enumerate(("0.19", "0.20")):
        yield _document(
            "exchange_rate",
            str(position),
            {
                "id": str(position),
                "fromCurrencyCode": "BRL",
                "toCurrencyCode": "USD",
                "conversionRate": rate,
                "effectiveAt": iso(NOW - (2 - position) * DAY),
            },
            position=position,
        )
    for position in range(3):
        id = f"00000000-0000-4000-8000-00000000000{position}"
        yield _document(
            "campaign",
            id,
            {
                "id": id,
                "properties": {"hs_name": f"Campaign {position}", "hs_notes": "", "hs_owner": "31"},
                "createdAt": iso(NOW - DAY),
                "updatedAt": iso(NOW - position * HOUR),
                "businessUnits": [{"id": 0}],
            },
            position=position,
        )


def _document(
    kind: str, id: str, value: Mapping[str, Any], *, position: int = 0, archived: int = 0
) -> HubspotDocument:
    return HubspotDocument(kind, id, position, archived, json.dumps(value, ensure_ascii=False))


def _owner(id: str, email: str, user: int) -> dict[str, Any]:
    return {
        "id": id,
        "email": email,
        "type": "PERSON",
        "firstName": "Rita",
        "lastName": "Lima",
        "userId": user,
        "userIdIncludingInactive": user,
        "createdAt": iso(NOW - 900 * DAY),
        "updatedAt": iso(NOW - DAY),
        "archived": False,
        "teams": [{"id": "5", "name": "South", "primary": True}],
    }


def _pipeline() -> dict[str, Any]:
    stages = (
        ("appointmentscheduled", "Appointment", "0.2", "false"),
        ("closedwon", "Won", "1.0", "true"),
    )
    return {
        "id": "default",
        "label": "SMB sales",
        "displayOrder": 0,
        "createdAt": "1970-01-01T00:00:00Z",
        "updatedAt": "1970-01-01T00:00:00Z",
        "archived": False,
        "stages": [
            {
                "id": id,
                "label": label,
                "displayOrder": position,
                "metadata": {"probability": probability, "isClosed": closed},
                "createdAt": "1970-01-01T00:00:00Z",
                "updatedAt": "1970-01-01T00:00:00Z",
                "archived": False,
                "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
            }
            for position, (id, label, probability, closed) in enumerate(stages)
        ],
    }


def _property(name: str, type: str) -> dict[str, Any]:
    fields = {"enumeration": "select", "bool": "booleancheckbox", "number": "number"}
    return {
        "name": name,
        "label": name.capitalize(),
        "type": type,
        "fieldType": fields.get(type, "text"),
        "groupName": "information",
        "description": "",
        "options": [],
        "calculated": False,
        "hidden": False,
        "hubspotDefined": True,
    }
