"""HubSpot's published answers as JSON schemas, as far as the reference sheet gives them.

Written from the sheet alone. Recordings of the real service validate against them as well, which
shows that they are the vendor's shapes and not the sandbox's. Keys that are not published are not
allowed; a published key is required only where every answer has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
ID: Schema = {"type": "string", "minLength": 1}
NUMBER_OR_NULL: Schema = {"type": ["integer", "null"]}
INSTANT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$",
}
UUID: Schema = {"type": "string", "pattern": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}


def _object(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


# Lists tell a link, search does not.
_NEXT = _object({"after": ID}, link=TEXT)
_PAGING = _object({"next": _NEXT}, prev=_object({"before": ID}, link=TEXT))
_SEARCH_PAGING = _object({"next": _object({"after": ID})})

_VERSION = _object(
    {"value": TEXT, "timestamp": INSTANT, "sourceType": TEXT},
    sourceId=TEXT,
    sourceLabel=TEXT,
    updatedByUserId=INTEGER,
)
_INLINE = _object({"results": _list(_object({"id": ID, "type": TEXT}))}, paging=_PAGING)
_STAMPS = {"createdAt": INSTANT, "updatedAt": INSTANT}
_RECORD_BASE: Mapping[str, Schema] = {
    "id": ID,
    # Whatever their declared type, values are text or null.
    "properties": _map(TEXT_OR_NULL),
    **_STAMPS,
    "archived": BOOLEAN,
}
_MORE_OF_RECORD = {"archivedAt": INSTANT, "url": TEXT, "objectWriteTraceId": TEXT}
RECORD = _object(
    _RECORD_BASE,
    associations=_map(_INLINE),
    propertiesWithHistory=_map(_list(_VERSION)),
    **_MORE_OF_RECORD,
)
_FOUND = _object(_RECORD_BASE, **_MORE_OF_RECORD)
_IN_BATCH = _object(_RECORD_BASE, propertiesWithHistory=_map(_list(_VERSION)), **_MORE_OF_RECORD)

_CONTEXT = _map(_list(TEXT))
_DETAIL = _object({"message": TEXT}, code=TEXT, subCategory=TEXT, context=_CONTEXT, **{"in": TEXT})
ERROR = _object(
    {"status": _one_of("error"), "message": TEXT, "correlationId": UUID},
    category=TEXT,
    subCategory=TEXT,
    errors=_list(_DETAIL),
    context=_CONTEXT,
    links=_map(TEXT),
)
RATE_LIMIT = _object(
    {
        "status": _one_of("error"),
        "message": TEXT,
        "errorType": _one_of("RATE_LIMIT"),
        "correlationId": UUID,
        "policyName": _one_of("TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY"),
    },
    groupName=TEXT,
    requestId=TEXT,
    category=_one_of("RATE_LIMITS"),
)
TOKEN_REFUSED = _object({"status": TEXT, "message": TEXT, "correlationId": UUID})
_BATCH_ERROR = _object(
    {"status": TEXT, "category": TEXT, "message": TEXT},
    context=_CONTEXT,
    subCategory=TEXT,
    errors=_list(_DETAIL),
    links=_map(TEXT),
    id=TEXT,
)

LIST = _object({"results": _list(RECORD)}, paging=_PAGING)
SEARCH = _object({"total": INTEGER, "results": _list(_FOUND)}, paging=_SEARCH_PAGING)


def _batch(items: Schema) -> Schema:
    return _object(
        {
            "status": _one_of("PENDING", "PROCESSING", "CANCELED", "COMPLETE"),
            "results": _list(items),
            "startedAt": INSTANT,
            "completedAt": INSTANT,
        },
        requestedAt=INSTANT,
        links=_map(TEXT),
        numErrors=INTEGER,
        errors=_list(_BATCH_ERROR),
    )


BATCH = _batch(_IN_BATCH)
_LINK_TYPE = _object(
    {
        "category": _one_of("HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK"),
        "typeId": INTEGER,
        "label": TEXT_OR_NULL,
    }
)
_LINK_BASE: Mapping[str, Schema] = {
    # A number in v4 and in old specifications, text in current ones.
    "toObjectId": {"type": ["string", "integer"]},
    "associationTypes": {**_list(_LINK_TYPE), "minItems": 1},
}
LINKS = _batch(
    _object(
        {"from": _object({"id": ID}), "to": _list(_object(_LINK_BASE))},
        paging=_PAGING,
        fromObjectTypeId=TEXT,
        toObjectTypeId=TEXT,
    )
)
LINKS_OF_ONE = _object({"results": _list(_object(_LINK_BASE))}, paging=_PAGING)
LABELS = _object({"results": _list(_LINK_TYPE)})

OWNER = _object(
    {"id": ID, "type": _one_of("PERSON", "QUEUE"), **_STAMPS, "archived": BOOLEAN},
    email=TEXT,
    firstName=TEXT,
    lastName=TEXT,
    userId=NUMBER_OR_NULL,
    userIdIncludingInactive=NUMBER_OR_NULL,
    teams=_list(_object({"id": ID, "name": TEXT, "primary": BOOLEAN})),
)
OWNERS = _object({"results": _list(OWNER)}, paging=_PAGING)

_STAGE = _object(
    {
        "id": ID,
        "label": TEXT,
        "displayOrder": INTEGER,
        "metadata": _map(TEXT),
        **_STAMPS,
        "archived": BOOLEAN,
    },
    archivedAt=INSTANT,
    writePermissions=_one_of("CRM_PERMISSIONS_ENFORCEMENT", "READ_ONLY", "INTERNAL_ONLY"),
)
PIPELINES = _object(
    {
        "results": _list(
            _object(
                {
                    "id": ID,
                    "label": TEXT,
                    "displayOrder": INTEGER,
                    **_STAMPS,
                    "archived": BOOLEAN,
                    "stages": _list(_STAGE),
                },
                archivedAt=INSTANT,
            )
        )
    }
)

_OPTION = _object(
    {"label": TEXT, "value": TEXT, "hidden": BOOLEAN}, displayOrder=INTEGER, description=TEXT
)
PROPERTY = _object(
    {"name": ID, "label": TEXT, "type": ID, "fieldType": ID, "groupName": TEXT, "description": TEXT}
    | {"options": _list(_OPTION)},
    calculated=BOOLEAN,
    calculationFormula=TEXT,
    hasUniqueValue=BOOLEAN,
    hidden=BOOLEAN,
    hubspotDefined=BOOLEAN,
    formField=BOOLEAN,
    displayOrder=INTEGER,
    archived=BOOLEAN,
    archivedAt=INSTANT,
    createdAt=INSTANT,
    updatedAt=INSTANT,
    createdUserId=TEXT,
    updatedUserId=TEXT,
    externalOptions=BOOLEAN,
    referencedObjectType=TEXT,
    currencyPropertyName=TEXT,
    showCurrencySymbol=BOOLEAN,
    numberDisplayHint=TEXT,
    textDisplayHint=TEXT,
    dateDisplayHint=TEXT,
    dataSensitivity=_one_of("non_sensitive", "sensitive", "highly_sensitive"),
    sensitiveDataCategories=_list(TEXT),
    modificationMetadata=_object(
        {"archivable": BOOLEAN, "readOnlyDefinition": BOOLEAN, "readOnlyValue": BOOLEAN},
        readOnlyOptions=BOOLEAN,
    ),
)
PROPERTIES = _object({"results": _list(PROPERTY)})

ACCOUNT = _object(
    {
        "portalId": INTEGER,
        "accountType": _one_of("STANDARD", "DEVELOPER_TEST", "SANDBOX", "APP_DEVELOPER"),
        "timeZone": TEXT,
        "companyCurrency": TEXT,
        "additionalCurrencies": _list(TEXT),
        "utcOffset": {"type": "string", "pattern": r"^[+-]\d\d:\d\d$"},
        "utcOffsetMilliseconds": INTEGER,
        "uiDomain": TEXT,
        "dataHostingLocation": TEXT,
    }
)
DAILY_USAGE = _object(
    {
        "results": _list(
            _object(
                {
                    "name": TEXT,
                    "usageLimit": INTEGER,
                    "currentUsage": INTEGER,
                    "collectedAt": INSTANT,
                    "fetchStatus": _one_of("CACHED", "FAILURE", "NOTFOUND", "SUCCESS", "TIMEOUT"),
                    "resetsAt": INSTANT,
                }
            )
        )
    }
)
TOKEN = _object(
    {
        "access_token": ID,
        "refresh_token": ID,
        "expires_in": INTEGER,
        "token_type": _one_of("bearer"),
    },
    token_use=TEXT,
    hub_id=INTEGER,
    user_id=INTEGER,
    scopes=_list(TEXT),
    id_token=TEXT,
)

_V = r"(?:v3|v4|2025-09|2026-03|2026-09)"
_RECORDS = rf"/crm/(?:objects/{_V}|{_V}/objects)/[\w-]+"
_LINK_PATH = rf"/crm/(?:associations/{_V}|v4/associations)/[\w-]+/[\w-]+"
_BY_PATH: tuple[tuple[str, str, Schema], ...] = (
    ("GET", _RECORDS, LIST),
    ("GET", rf"{_RECORDS}/\d+", RECORD),
    ("POST", rf"{_RECORDS}/search", SEARCH),
    ("POST", rf"{_RECORDS}/batch/read", BATCH),
    ("GET", rf"/crm/(?:objects/{_V}|v4/objects)/[\w-]+/\d+/associations/[\w-]+", LINKS_OF_ONE),
    ("POST", rf"{_LINK_PATH}/batch/read", LINKS),
    ("GET", rf"{_LINK_PATH}/labels", LABELS),
    ("GET", rf"/crm/(?:owners/{_V}|v3/owners)", OWNERS),
    ("GET", rf"/crm/(?:owners/{_V}|v3/owners)/\d+", OWNER),
    ("GET", rf"/crm/(?:pipelines/{_V}|v3/pipelines)/[\w-]+", PIPELINES),
    ("GET", rf"/crm/(?:properties/{_V}|v3/properties)/[\w-]+", PROPERTIES),
    ("GET", rf"/account-info/{_V}/details", ACCOUNT),
    ("GET", rf"/account-info/{_V}/api-usage/daily/private-apps", DAILY_USAGE),
    ("POST", rf"/oauth/(?:v1|{_V})/token", TOKEN),
)


# Retired paths whose errors had keys of their own.
_OWN_ERRORS = r"/contacts/v1/contact|/properties/v1/.*"


def schema_for(method: str, path: str, status: int) -> Schema | None:
    """The published shape of an answer; None where the sheet has none."""
    if status == 429:
        return RATE_LIMIT
    if status >= 400:
        if re.fullmatch(_OWN_ERRORS, path):
            return None
        is_token = method == "POST" and path.endswith("/token")
        return TOKEN_REFUSED if is_token else ERROR
    for known, pattern, schema in _BY_PATH:
        if known == method and re.fullmatch(pattern, path.rstrip("/")):
            return schema
    return None


def differences(body: object, schema: Schema) -> list[str]:
    """Where a body is not of the shape, and how."""
    return [
        f"{error.json_path}: {error.message[:300]}"
        for error in Draft202012Validator(schema).iter_errors(body)
    ]
