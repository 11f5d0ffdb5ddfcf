"""What `describe` says of every Salesforce object in the story, in the vendor's shape."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.company.pipelines import SALESFORCE_PIPELINE
from sandbox.company.salesforce_deals_view import TYPES
from sandbox.company.salesforce_fields import OBJECTS
from sandbox.company.salesforce_history_view import CATEGORY_NAMES
from sandbox.company.salesforce_lines import ObjectLines
from sandbox.company.salesforce_org import SOURCES

_AUDIT = {
    "d": ("IsDeleted boolean 0 Deleted|n",),
    "c": ("CreatedDate datetime 0 Created Date|n", "CreatedById reference User Created By ID|n"),
    "m": (
        "LastModifiedDate datetime 0 Last Modified Date|n",
        "LastModifiedById reference User Last Modified By ID|n",
    ),
    "s": ("SystemModstamp datetime 0 System Modstamp|n",),
}

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "anyType": "xsd:anyType",
}

_NUMBERS = {"currency": (18, 2), "percent": (3, 0), "double": (18, 2)}
_CURRENCIES = ("USD", "BRL", "MXN", "EUR")

_PICKLISTS: dict[str, tuple[str, ...]] = {
    "Account.Type": ("Prospect", "Customer", "Partner", "Other"),
    "Opportunity.Type": tuple(TYPES.values()),
    "Opportunity.ForecastCategory": tuple(CATEGORY_NAMES),
    "Opportunity.ForecastCategoryName": tuple(CATEGORY_NAMES.values()),
    "Lead.Status": (
        "Open - Not Contacted",
        "Working - Contacted",
        "Closed - Converted",
        "Closed - Not Converted",
    ),
    "Task.Status": ("Not Started", "In Progress", "Completed"),
    "Task.Priority": ("High", "Normal", "Low"),
    "Task.TaskSubtype": ("Task", "Call", "Email", "ListEmail"),
    "Task.CallType": ("Internal", "Inbound", "Outbound"),
    "Case.Status": ("New", "Working", "Escalated", "Closed"),
    "Case.Type": ("Complaint", "Question", "Return", "Incident"),
    "Case.Priority": ("High", "Medium", "Low"),
    "Case.Origin": ("Phone", "Email", "Web"),
    "Campaign.Type": tuple(SOURCES.values()),
    "Campaign.Status": ("Planned", "In Progress", "Completed", "Aborted"),
    "Contract.Status": ("Draft", "In Approval Process", "Activated"),
    "Order.Status": ("Draft", "Activated"),
    "Period.Type": ("Month", "Quarter", "Week", "Year"),
}


def describes(at: datetime) -> dict[str, dict[str, Any]]:
    """By object name. Only the labels of stages change with time."""
    return {name: _describe(name, lines, at) for name, lines in OBJECTS.items()}


def field_lines(name: str) -> list[str]:
    """The lines of an object's fields with the standard ones around them."""
    entry = OBJECTS[name]
    audit = [line for letter in "cms" if letter in entry.audit for line in _AUDIT[letter]]
    first = ["Id id 18 ID|n", *(_AUDIT["d"] if "d" in entry.audit else ())]
    return [*first, *entry.lines, *audit]


def _describe(name: str, entry: ObjectLines, at: datetime) -> dict[str, Any]:
    is_history = name in ("OpportunityHistory", "OpportunityFieldHistory")
    is_setting = "d" not in entry.audit
    return {
        "name": name,
        "label": entry.label,
        "labelPlural": entry.plural,
        "keyPrefix": entry.prefix,
        "activateable": False,
        "createable": not is_history and not is_setting,
        "custom": False,
        "customSetting": False,
        "deletable": not is_history and not is_setting,
        "deprecatedAndHidden": False,
        "feedEnabled": name in ("Account", "Contact", "Lead", "Opportunity", "Case"),
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "layoutable": not is_history and not is_setting,
        "mergeable": name in ("Account", "Contact", "Lead", "Case"),
        "mruEnabled": not is_history and not is_setting,
        "queryable": True,
        "replicateable": name not in ("OpportunityStage", "OpportunityContactRole"),
        "retrieveable": True,
        "searchable": not is_history and not is_setting,
        "triggerable": not is_history and not is_setting,
        "undeletable": not is_history and not is_setting,
        "updateable": not is_history and name != "Period",
        "childRelationships": _children(name),
        "recordTypeInfos": [],
        "supportedScopes": [{"label": f"All {entry.plural}", "name": "everything"}],
        "fields": [_field(name, line, at) for line in field_lines(name)],
    }


def _field(owner: str, line: str, at: datetime) -> dict[str, Any]:
    text, _, flags = line.partition("|")
    name, type_, size, label = text.split(" ", 3)
    is_reference = type_ == "reference"
    targets = size.split(";") if is_reference else []
    length = 18 if is_reference else int(size) if type_ not in ("double", "address") else 0
    precision, scale = _NUMBERS.get(type_, (0, 0))
    if type_ == "double":
        scale = int(size)
    is_calculated = "c" in flags
    is_kept = "r" in flags or type_ in ("id", "address") or name in _SYSTEM
    is_writable = not is_calculated and not is_kept
    compound = "BillingAddress" if "b" in flags else "Name" if "m" in flags else None
    return {
        "name": name,
        "label": label,
        "type": type_,
        "soapType": _SOAP.get(type_, "xsd:string"),
        "length": length,
        "byteLength": length * 3,
        "digits": 8 if type_ == "int" else 0,
        "precision": precision,
        "scale": scale,
        "nillable": "n" not in flags,
        "calculated": is_calculated,
        "calculatedFormula": _DAYS_OPEN if is_calculated else None,
        "custom": name.endswith("__c"),
        "createable": is_writable,
        "updateable": is_writable,
        "filterable": "f" not in flags,
        "sortable": "f" not in flags,
        "groupable": "f" not in flags
        and type_ not in ("double", "currency", "percent", "datetime"),
        "aggregatable": "f" not in flags and type_ != "boolean",
        "compoundFieldName": compound,
        "nameField": name == "Name",
        "autoNumber": name in ("CaseNumber", "ContractNumber", "OrderNumber"),
        "idLookup": type_ == "id",
        "referenceTo": targets,
        "relationshipName": name.removesuffix("Id") if is_reference else None,
        "polymorphicForeignKey": len(targets) > 1,
        "picklistValues": _picklist(owner, name, type_, at),
        "restrictedPicklist": False,
        "defaultValue": False if type_ == "boolean" else None,
        "defaultedOnCreate": type_ == "boolean",
        "unique": False,
        "caseSensitive": False,
        "deprecatedAndHidden": False,
        "encrypted": False,
        "externalId": False,
        "htmlFormatted": False,
        "permissionable": name.endswith("__c"),
    }


_SYSTEM = {"IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"} | {
    "SystemModstamp",
    "MasterRecordId",
}
_DAYS_OPEN = "IF(IsClosed, DATEVALUE(LastStageChangeDate), TODAY()) - DATEVALUE(CreatedDate)"


def _picklist(owner: str, name: str, type_: str, at: datetime) -> list[dict[str, Any]]:
    if type_ != "picklist":
        return []
    if name == "StageName":
        pairs = [
            (stage.vendor_id, stage.label.at(at) or stage.vendor_id)
            for stage in SALESFORCE_PIPELINE.stages
        ]
    else:
        values = _PICKLISTS.get(f"{owner}.{name}", ())
        if name == "LeadSource":
            values = tuple(SOURCES.values())
        elif name.endswith(("CurrencyIsoCode", "IsoCode")):
            values = _CURRENCIES
        pairs = [(value, value) for value in values]
    return [
        {"active": True, "defaultValue": False, "label": label, "validFor": None, "value": value}
        for value, label in pairs
    ]


def _children(name: str) -> list[dict[str, Any]]:
    found = []
    for child in OBJECTS:
        for line in field_lines(child):
            field, type_, size, *_ = line.split(" ")
            if type_ == "reference" and name in size.split(";") and field not in _SYSTEM:
                found.append(
                    {
                        "childSObject": child,
                        "field": field,
                        "relationshipName": None
                        if child == "User"
                        else OBJECTS[child].plural.replace(" ", ""),
                        "cascadeDelete": (name, child) in _CASCADES,
                        "deprecatedAndHidden": False,
                        "restrictedDelete": False,
                    }
                )
    return found


_CASCADES = {
    ("Account", "Contact"),
    ("Account", "Opportunity"),
    ("Opportunity", "OpportunityHistory"),
    ("Opportunity", "OpportunityFieldHistory"),
    ("Opportunity", "OpportunityLineItem"),
    ("Opportunity", "OpportunityContactRole"),
    ("Opportunity", "Task"),
    ("Opportunity", "Event"),
    ("Order", "OrderItem"),
    ("Campaign", "CampaignMember"),
}
