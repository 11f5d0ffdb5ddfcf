"""What an administrator does to properties and objects of a portal. Nothing here commits."""

from __future__ import annotations

import json
from typing import Any

from sandbox.hubspot.texts import iso
from sandbox.store import HubspotAssociation, HubspotDocument, HubspotObject, Store

_STEP = 60_000  # what moves a stamp happened a minute ago, so that a later deed can come after it


def add_property(
    store: Store,
    *,
    type: str,
    name: str,
    kind: str = "string",
    field_type: str = "text",
    label: str | None = None,
    sensitivity: str = "non_sensitive",
) -> None:
    document = {
        "name": name,
        "label": label or name.replace("_", " ").capitalize(),
        "type": kind,
        "fieldType": field_type,
        "groupName": f"{type}_information",
        "description": "",
        "options": [],
        "displayOrder": -1,
        "calculated": False,
        "hidden": False,
        "dataSensitivity": sensitivity,
        "createdAt": iso(store.now()),
        "updatedAt": iso(store.now()),
    }
    position = store.connection.execute(
        "select count(*) from hs_document where kind = ?", (f"property:{type}",)
    ).fetchone()[0]
    store.put([HubspotDocument(f"property:{type}", name, position, 0, json.dumps(document))])


def change_property(
    store: Store, *, type: str, name: str, kind: str | None = None, **changes: Any
) -> None:
    """Its type (`kind`), label, fieldType and the like. The name of a property never changes."""
    document, archived = _property(store, type, name)
    document |= {"type": kind} if kind is not None else {}
    _keep_property(store, type, {**document, **changes, "name": name}, archived)


def archive_property(store: Store, *, type: str, name: str) -> None:
    document, _ = _property(store, type, name)
    document |= {"archived": True, "archivedAt": iso(store.now())}
    _keep_property(store, type, document, 1)


def restore_property(store: Store, *, type: str, name: str) -> None:
    document, _ = _property(store, type, name)
    kept = {key: item for key, item in document.items() if key not in ("archived", "archivedAt")}
    _keep_property(store, type, kept, 0)


def purge_property(store: Store, *, type: str, name: str) -> None:
    """Out of the bin: nothing tells of it any more."""
    _property(store, type, name)
    store.connection.execute(
        "delete from hs_document where kind = ? and id = ?", (f"property:{type}", name)
    )


def add_object(
    store: Store,
    *,
    name: str,
    number: int = 1,
    properties: dict[str, str] | None = None,
    records: list[dict[str, str]] | None = None,
    links: dict[str, list[list[int]]] | None = None,
) -> None:
    """A portal's own object with records from id 1 on; links as {"deals": [[own id, deal id]]}."""
    type_id = f"2-{number}"
    standard = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}
    schema = {
        "id": str(number),
        "objectTypeId": type_id,
        "name": name,
        "fullyQualifiedName": f"p{_portal(store)}_{name}",
        "labels": {"singular": name.capitalize(), "plural": f"{name.capitalize()}s"},
        "archived": False,
        "associations": [
            {
                "id": f"{number}{one}",
                "fromObjectTypeId": start,
                "toObjectTypeId": end,
                "name": f"{name}_to_{target}",
            }
            for one, target in enumerate(links or {})
            for start, end in (
                (type_id, standard[target]),
                (standard[target], type_id),
            )
        ],
    }
    store.put([HubspotDocument("schema", type_id, number, 0, json.dumps(schema))])
    own = {"hs_createdate": "datetime", "hs_lastmodifieddate": "datetime", "hs_object_id": "number"}
    for field, kind in {**own, **(properties or {})}.items():
        add_property(store, type=name, name=field, kind=kind)
    now = store.now()
    store.put(
        HubspotObject(name, id, now, now, 0, None, None, 0, 0, json.dumps(values))
        for id, values in enumerate(records or [], start=1)
    )
    for target, pairs in (links or {}).items():
        for one, (own_id, id) in enumerate(pairs):
            type_ids = (1000 + 2 * one, 1001 + 2 * one)
            store.put(
                [
                    HubspotAssociation(
                        name, own_id, target, id, type_ids[0], "USER_DEFINED", f"{name} of"
                    ),
                    HubspotAssociation(
                        target, id, name, own_id, type_ids[1], "USER_DEFINED", f"has {name}"
                    ),
                ]
            )


def write(
    store: Store, *, type: str, id: int, values: dict[str, str | None], silent: bool = False
) -> None:
    """Set values; `silent` as HubSpot's own calculations do, without a new modified date."""
    row = store.connection.execute(
        "select properties from hs_object where type = ? and id = ?", (type, id)
    ).fetchone()
    if row is None:
        raise LookupError(f"no record {id} of {type}")
    properties = json.loads(row[0]) | values
    if not silent:
        for name in ("lastmodifieddate", "hs_lastmodifieddate"):
            properties.pop(name, None)  # comes from updated_at again
    moved = "" if silent else f", updated_at = max(updated_at, {store.now() - _STEP}) + 1"
    store.connection.execute(
        f"update hs_object set properties = ?{moved} where type = ? and id = ?",
        (json.dumps(properties), type, id),
    )


def _property(store: Store, type: str, name: str) -> tuple[dict[str, Any], int]:
    row = store.connection.execute(
        "select document, archived from hs_document where kind = ? and id = ?",
        (f"property:{type}", name),
    ).fetchone()
    if row is None:
        raise LookupError(f"no property {name} of {type}")
    return json.loads(row[0]), row[1]


def _keep_property(store: Store, type: str, document: dict[str, Any], archived: int) -> None:
    store.connection.execute(
        "update hs_document set document = ?, archived = ? where kind = ? and id = ?",
        (json.dumps(document), archived, f"property:{type}", document["name"]),
    )


def _portal(store: Store) -> int:
    row = store.connection.execute(
        "select json_extract(document, '$.portalId') from hs_document where kind = 'account'"
    ).fetchone()
    return int(row[0]) if row else 0
