"""What an administrator does to fields and objects of an org. Nothing here commits."""

from __future__ import annotations

import json
from typing import Any

from sandbox.hubspot.texts import iso
from sandbox.store import SalesforceRecord, Store

_STEP = 60_000  # what moves a stamp happened a minute ago, so that a later deed can come after it
_SOAP = {"double": "xsd:double", "boolean": "xsd:boolean", "date": "xsd:date"}


def add_field(
    store: Store,
    *,
    object: str,
    name: str,
    kind: str = "string",
    label: str | None = None,
    length: int = 255,
    value: Any = None,
) -> None:
    """A new field; every record has the value."""
    describe = _describe(store, object)
    describe["fields"].append(_field(name, kind, label, length))
    store.put_describe(describe["name"], describe)
    store.connection.execute(
        "update sf_record set fields = json_set(fields, '$.' || ?, json(?)) where object = ?",
        (name, json.dumps(value), object),
    )


def remove_field(store: Store, *, object: str, name: str) -> None:
    describe = _describe(store, object)
    describe["fields"].remove(_field_of(describe, name))
    store.put_describe(object, describe)


def change_field(store: Store, *, object: str, name: str, **changes: Any) -> None:
    """Label, type, length and the like."""
    describe = _describe(store, object)
    _field_of(describe, name).update(changes)
    store.put_describe(object, describe)


def rename_field(store: Store, *, object: str, name: str, to: str) -> None:
    """The API name changes, label, type and values stay."""
    describe = _describe(store, object)
    _field_of(describe, name)["name"] = to
    store.put_describe(object, describe)
    store.connection.execute(
        "update sf_record set fields = json_remove("
        "json_set(fields, '$.' || ?1, json_extract(fields, '$.' || ?2)), '$.' || ?2) "
        "where object = ?3",
        (to, name, object),
    )


def add_object(
    store: Store,
    *,
    name: str,
    fields: dict[str, str] | None = None,
    records: list[dict[str, Any]] | None = None,
) -> None:
    """An org's own object, `Name__c`, with the fields that every object has."""
    audit = {
        "Id": "id",
        "IsDeleted": "boolean",
        "Name": "string",
        "CreatedDate": "datetime",
        "CreatedById": "reference",
        "LastModifiedDate": "datetime",
        "LastModifiedById": "reference",
        "SystemModstamp": "datetime",
    }
    now = iso(store.now()).replace("Z", "+0000")
    store.put_describe(
        name,
        {
            "name": name,
            "label": name.removesuffix("__c").replace("_", " "),
            "keyPrefix": "a01",
            "custom": True,
            "customSetting": False,
            "deprecatedAndHidden": False,
            "queryable": True,
            "replicateable": True,
            "fields": [
                _field(field, kind, None, 255)
                | ({"updateable": False, "createable": False} if field in audit else {})
                for field, kind in {**audit, **(fields or {})}.items()
            ],
        },
    )
    for number, values in enumerate(records or [], start=1):
        id = f"a01000000{number:06d}AAA"
        own = {"Id": id, "IsDeleted": False, "CreatedDate": now, "LastModifiedDate": now}
        document = {**own, "SystemModstamp": now, "Name": f"No {number}", **values}
        for field in (*audit, *(fields or {})):
            document.setdefault(field, None)
        store.put(
            [SalesforceRecord(name, id, store.now(), store.now(), 0, None, 0, json.dumps(document))]
        )


def write(
    store: Store, *, object: str, id: str, values: dict[str, Any], silent: bool = False
) -> None:
    row = store.connection.execute(
        "select fields, stamp from sf_record where object = ? and id = ?", (object, id)
    ).fetchone()
    if row is None:
        raise LookupError(f"no record {id} of {object}")
    document, stamp = json.loads(row[0]) | values, row[1]
    if not silent:
        stamp = max(stamp, store.now() - _STEP) + 1000
        moved = iso(stamp).replace("Z", "+0000")
        document |= {"SystemModstamp": moved, "LastModifiedDate": moved}
    store.connection.execute(
        "update sf_record set fields = ?, stamp = ? where object = ? and id = ?",
        (json.dumps(document), stamp, object, id),
    )


def _describe(store: Store, name: str) -> dict[str, Any]:
    row = store.connection.execute(
        "select describe from sf_object where name = ?", (name,)
    ).fetchone()
    if row is None:
        raise LookupError(f"no object {name}")
    found: dict[str, Any] = json.loads(row[0])
    return found


def _field_of(describe: dict[str, Any], name: str) -> dict[str, Any]:
    for field in describe["fields"]:
        if field["name"] == name:
            found: dict[str, Any] = field
            return found
    raise LookupError(f"no field {name} of {describe['name']}")


def _field(name: str, kind: str, label: str | None, length: int) -> dict[str, Any]:
    return {
        "name": name,
        "label": label or name.removesuffix("__c").replace("_", " "),
        "type": kind,
        "soapType": _SOAP.get(kind, "xsd:string"),
        "length": length if kind in ("string", "textarea", "email", "phone") else 0,
        "custom": name.endswith("__c"),
        "nillable": True,
        "calculated": False,
        "createable": True,
        "updateable": True,
        "referenceTo": [],
        "relationshipName": None,
        "picklistValues": [],
    }
