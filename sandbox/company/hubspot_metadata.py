"""HubSpot's property definitions in the shape that `/crm/properties/{type}` answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.company.hubspot_options import OPTIONS
from sandbox.company.hubspot_people_view import LEAD_PIPELINE, LEAD_STAGES
from sandbox.company.hubspot_properties import PROPERTIES
from sandbox.company.hubspot_service_view import TICKET_PIPELINE, TICKET_STAGES
from sandbox.company.hubspot_text import encoded
from sandbox.company.model import HUBSPOT, Organisation
from sandbox.store import HubspotDocument

_DEFINED_AT = "2019-08-06T02:41:08.029Z"
_MADE_AT = "2023-10-04T14:12:51.377Z"  # the portal's own properties

_GROUPS = {
    "companies": "companyinformation",
    "contacts": "contactinformation",
    "deals": "dealinformation",
    "line_items": "lineiteminformation",
    "products": "productinformation",
    "quotes": "quotesinformation",
    "tickets": "ticketinformation",
}


def definitions(org: Organisation, at: datetime) -> Iterator[HubspotDocument]:
    """One document per property; the options of stages and pipelines are today's."""
    pipelines = _pipeline_options(org, at)
    for kind, lines in PROPERTIES.items():
        for position, line in enumerate(lines):
            document = _definition(kind, line, position, pipelines)
            name = document["name"]
            yield HubspotDocument(f"property:{kind}", name, position, 0, encoded(document))


def _definition(
    kind: str, line: str, position: int, pipelines: dict[str, list[tuple[str, str]]]
) -> dict[str, Any]:
    text, _, flags = line.partition("|")
    name, types, label = text.split(" ", 2)
    type_, _, field_type = types.partition("/")
    is_own = "x" in flags
    options = pipelines.get(f"{kind}.{name}") or _options(name, type_)
    document: dict[str, Any] = {
        "name": name,
        "label": label,
        "type": type_,
        "fieldType": field_type,
        "groupName": _GROUPS.get(kind, f"{kind.removesuffix('s')}_information"),
        "description": "",
        "options": [
            {"label": shown, "value": value, "displayOrder": order, "hidden": False}
            for order, (value, shown) in enumerate(options)
        ],
        "displayOrder": position if is_own else -1,
        "calculated": "c" in flags,
        "externalOptions": "o" in flags,
        "hasUniqueValue": name == "hs_object_id",
        "hidden": False,
        "formField": kind == "contacts" and not flags,
        "dataSensitivity": "non_sensitive",
        "createdAt": _MADE_AT if is_own else _DEFINED_AT,
        "updatedAt": _MADE_AT if is_own else _DEFINED_AT,
        "modificationMetadata": {
            "archivable": is_own,
            "readOnlyDefinition": not is_own,
            "readOnlyValue": "c" in flags or "r" in flags,
        },
    }
    # Keys that do not apply are left out, not null.
    if not is_own:
        document["hubspotDefined"] = True
    if "o" in flags:
        document["referencedObjectType"] = "OWNER"
    if name in ("amount", "amount_in_home_currency", "hs_projected_amount"):
        document["showCurrencySymbol"] = True
    return document


def _options(name: str, type_: str) -> list[tuple[str, str]]:
    if type_ == "bool":
        return [("true", "Yes"), ("false", "No")]
    return [(value, value.replace("_", " ").capitalize()) for value in OPTIONS.get(name, ())]


def _pipeline_options(org: Organisation, at: datetime) -> dict[str, list[tuple[str, str]]]:
    mine = [pipeline for pipeline in org.pipelines if pipeline.system == HUBSPOT]
    return {
        "deals.pipeline": [(each.vendor_id, each.label) for each in mine],
        "deals.dealstage": [
            (stage.vendor_id, stage.label.at(at) or stage.vendor_id)
            for each in mine
            for stage in each.stages
            if stage.deleted_at is None or stage.deleted_at > at
        ],
        "tickets.hs_pipeline": [(TICKET_PIPELINE, "Support pipeline")],
        "tickets.hs_pipeline_stage": [(value, name) for name, value in TICKET_STAGES.items()],
        "leads.hs_pipeline": [(LEAD_PIPELINE, "Lead pipeline")],
        "leads.hs_pipeline_stage": [(value, name) for name, value in LEAD_STAGES.items()],
    }
