"""Describe documents for exported objects, in the vendor's shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.exported.evidence import Evidence
from sandbox.exported.salesforce_types import length

KEY_PREFIXES = {
    "001": "Account",
    "003": "Contact",
    "005": "User",
    "006": "Opportunity",
    "008": "OpportunityHistory",
    "00E": "UserRole",
    "00G": "Group",
    "00Q": "Lead",
    "00T": "Task",
    "00U": "Event",
    "00k": "OpportunityLineItem",
    "00K": "OpportunityContactRole",
    "00v": "CampaignMember",
    "012": "RecordType",
    "01t": "Product2",
    "01u": "PricebookEntry",
    "500": "Case",
    "701": "Campaign",
    "800": "Contract",
    "801": "Order",
    "802": "OrderItem",
}
_USERS = frozenset({"CreatedById", "LastModifiedById", "ManagerId", "QuotaOwnerId"})
_NAME_FIELDS = ("Name", "Subject", "CaseNumber", "OrderNumber", "ContractNumber")
_NOT_REPLICATED = frozenset({"OpportunityStage", "TaskStatus"})
_SYSTEM = frozenset(
    {"Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"}
    | {"SystemModstamp"}
)
_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "long": "xsd:long",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "location": "urn:location",
    "anyType": "xsd:anyType",
}


def object_document(
    name: str, key_prefix: str | None, fields: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    root = f"/services/data/v66.0/sobjects/{name}"
    return {
        "activateable": False,
        "childRelationships": [],
        "createable": True,
        "custom": name.endswith("__c"),
        "customSetting": False,
        "deletable": True,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "fields": list(fields),
        "keyPrefix": key_prefix,
        "label": name.removesuffix("__c"),
        "labelPlural": f"{name.removesuffix('__c')}s",
        "layoutable": True,
        "mergeable": name in {"Account", "Case", "Contact", "Lead"},
        "mruEnabled": True,
        "name": name,
        "queryable": True,
        "recordTypeInfos": [],
        "replicateable": name not in _NOT_REPLICATED,
        "retrieveable": True,
        "searchable": True,
        "supportedScopes": [],
        "triggerable": True,
        "undeletable": True,
        "updateable": True,
        "urls": {"sobject": root, "describe": f"{root}/describe", "rowTemplate": f"{root}/{{ID}}"},
    }


def field_document(
    name: str, kind: str, seen: Evidence, targets: Mapping[str, str], *, name_field: str | None
) -> dict[str, Any]:
    """`targets` maps the id prefixes of the export to its objects."""
    long = length(name, kind, seen)
    plain = kind not in {"address", "location", "anyType"} and not (
        kind == "textarea" and long > 255
    )
    number = kind in {"currency", "percent", "double"}
    reference = kind == "reference"
    return {
        "aggregatable": plain and kind not in {"boolean", "textarea"},
        "autoNumber": False,
        "byteLength": long * 3 if kind not in {"id", "reference"} else long,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": None,
        "createable": name not in _SYSTEM,
        "custom": name.endswith("__c"),
        "defaultValue": False if kind == "boolean" else None,
        "defaultedOnCreate": name in _SYSTEM,
        "deprecatedAndHidden": False,
        "digits": 9 if kind == "int" else 0,
        "encrypted": False,
        "externalId": False,
        "filterable": plain,
        "groupable": plain and not number and kind != "datetime",
        "htmlFormatted": False,
        "idLookup": kind == "id",
        "label": name.removesuffix("__c"),
        "length": long,
        "name": name,
        "nameField": name == name_field,
        "namePointing": False,
        "nillable": kind not in {"id", "boolean"} and name not in _SYSTEM,
        "permissionable": name not in _SYSTEM,
        "picklistValues": [],
        "polymorphicForeignKey": False,
        "precision": 18 if number else 0,
        "referenceTo": _targets(name, seen, targets) if reference else [],
        "relationshipName": _relationship(name) if reference else None,
        "restrictedPicklist": False,
        "scale": 2 if number else 0,
        "soapType": _SOAP.get(kind, "xsd:string"),
        "sortable": plain,
        "type": kind,
        "unique": False,
        "updateable": name not in _SYSTEM,
    }


def name_field(columns: Iterable[str]) -> str | None:
    """The column by which a record is called."""
    present = set(columns)
    return next((name for name in _NAME_FIELDS if name in present), None)


def _targets(name: str, seen: Evidence, targets: Mapping[str, str]) -> list[str]:
    """Where the ids of the column point, by their prefixes; by the column's name without any."""
    found = sorted({targets[prefix] for prefix in seen.prefixes if prefix in targets})
    if found:
        return found
    if name in _USERS or name == "OwnerId":
        return ["User"]
    named = name.removesuffix("Id")
    return [named] if named in targets.values() else []


def _relationship(name: str) -> str:
    if name.endswith("__c"):
        return f"{name.removesuffix('__c')}__r"
    return name.removesuffix("Id")
