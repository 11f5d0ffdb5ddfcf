"""The type of each HubSpot property: known by name, else from its cells."""

from __future__ import annotations

import re
from typing import Any

from sandbox.exported.evidence import BOOLEANS, Evidence
from sandbox.salesforce.instants import to_milliseconds, to_text

_BY_NAME = {
    "number": "amount amount_in_home_currency hs_object_id annualrevenue numberofemployees price "
    "quantity discount hs_discount_percentage hs_deal_stage_probability hs_forecast_amount "
    "hs_exchange_rate hs_projected_amount hs_quote_amount hs_target_amount hs_value time_to_close "
    "time_to_first_agent_reply num_associated_contacts num_associated_deals days_to_close "
    "associatedcompanyid hs_call_duration hs_parent_company_id hs_product_id",
    "enumeration": "dealstage pipeline hs_pipeline hs_pipeline_stage lifecyclestage "
    "hubspot_owner_id dealtype hs_lead_status hs_analytics_source hs_priority "
    "hs_manual_forecast_category deal_currency_code hs_ticket_priority hs_ticket_category industry "
    "source_type hs_call_status hs_call_direction hs_email_direction hs_email_status "
    "hs_meeting_outcome hs_task_status hs_task_type hs_survey_type hs_merged_object_ids",
    "datetime": "createdate closedate closed_date lastmodifieddate hs_lastmodifieddate "
    "hs_createdate hs_timestamp hs_meeting_start_time hs_meeting_end_time hs_task_completion_date "
    "hs_submission_timestamp hs_start_datetime hs_end_datetime hs_expiration_date",
    "bool": "hs_is_closed hs_is_closed_won hs_is_closed_lost hs_email_optout",
    "string": "name firstname lastname email phone mobilephone zip domain website dealname subject "
    "content hs_sku hs_quote_number description hs_analytics_source_data_1 "
    "hs_analytics_source_data_2 hs_additional_domains hs_next_step hs_survey_id",
}
_KNOWN = {name: kind for kind, names in _BY_NAME.items() for name in names.split()}
_NEEDS = {"number": "number", "bool": "boolean", "datetime": "datetime"}
_TEXT_LIKE = re.compile(
    r"phone|fax|mobile|zip|postal|code|licen[cs]e|iban|(?:^|_)id", re.IGNORECASE
)
_FIELD_TYPES = {
    "number": "number",
    "bool": "booleancheckbox",
    "date": "date",
    "datetime": "date",
    "enumeration": "select",
    "string": "text",
}
_DEFINED_AT = "2020-01-01T00:00:00.000Z"


def infer(name: str, seen: Evidence) -> str:
    """The type of a property that describe.json does not name."""
    known = _KNOWN.get(name)
    if known is not None and (seen.count == 0 or known not in _NEEDS):
        return known
    if known is not None and seen.is_all(_NEEDS[known]):
        return known
    if seen.is_all("boolean") and (seen.only_ones or not seen.is_all("number")):
        return "bool"
    if seen.is_all("date"):
        return "date"
    if seen.is_all("datetime"):
        return "datetime"
    if seen.is_all("number") and not _TEXT_LIKE.search(name):
        return "number"
    return "string"


def convert(text: str, kind: str) -> str | None:
    """A cell as a property holds it: text or null. Raises ValueError when it is not of the type."""
    if not text:
        return None
    if kind == "bool":
        if text.lower() not in BOOLEANS:
            raise ValueError(f"{text!r} is no bool")
        return "true" if BOOLEANS[text.lower()] else "false"
    if kind == "datetime" and not text.isdigit():
        return to_text(to_milliseconds(text)).replace("+0000", "Z")
    if kind == "number":
        float(text)  # only to refuse; the digits stay as they are
    return text


def definition(name: str, kind: str) -> dict[str, Any]:
    """A property definition in the vendor's shape."""
    return {
        "name": name,
        "label": name,
        "type": kind,
        "fieldType": _FIELD_TYPES.get(kind, "text"),
        "groupName": "exported",
        "description": "",
        "options": [],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": name == "hubspot_owner_id",
        "hasUniqueValue": name == "hs_object_id",
        "hidden": False,
        "formField": False,
        "dataSensitivity": "non_sensitive",
        "createdAt": _DEFINED_AT,
        "updatedAt": _DEFINED_AT,
        "modificationMetadata": {
            "archivable": False,
            "readOnlyDefinition": True,
            "readOnlyValue": False,
        },
    }
