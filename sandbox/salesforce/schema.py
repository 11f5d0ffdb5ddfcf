"""What the org consists of: the describe documents, read as objects with typed fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sandbox.store import Store

# What `filterable: false` says in a describe, for documents that leave the key out.
_NOT_FILTERABLE = frozenset({"address", "location", "anyType", "base64", "encryptedstring"})
_LONG_TEXT = 255  # a text area above this length is "long": not filterable, and it narrows pages


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    length: int
    custom: bool
    filterable: bool
    sortable: bool
    groupable: bool
    relationship: str | None
    targets: tuple[str, ...]  # the objects that a reference may point at

    @property
    def is_long_text(self) -> bool:
        return self.type == "textarea" and self.length > _LONG_TEXT


@dataclass(frozen=True)
class ObjectType:
    """One object; fields and relationships are found by lower-case name."""

    name: str
    key_prefix: str | None
    queryable: bool
    replicateable: bool
    fields: dict[str, Field]
    relationships: dict[str, Field]

    def field(self, name: str) -> Field | None:
        return self.fields.get(name.lower())

    def relationship(self, name: str) -> Field | None:
        return self.relationships.get(name.lower())


def find_object(store: Store, name: str) -> ObjectType | None:
    """The object by its API name in any case; None when the org has no such object."""
    document = find_describe(store, name)
    return _object_type(document) if document is not None else None


def find_describe(store: Store, name: str) -> str | None:
    """The describe document as stored."""
    row = store.connection.execute(
        "select describe from sf_object where name = ? collate nocase", (name,)
    ).fetchone()
    return str(row[0]) if row else None


def all_describes(store: Store) -> list[dict[str, Any]]:
    rows = store.connection.execute("select describe from sf_object order by name")
    return [json.loads(row[0]) for row in rows]


# Keyed by the document's own text, so a describe changed by `advance` is simply another key.
@lru_cache(maxsize=512)
def _object_type(document: str) -> ObjectType:
    describe = json.loads(document)
    fields = [_field(entry) for entry in describe.get("fields", [])]
    return ObjectType(
        name=describe["name"],
        key_prefix=describe.get("keyPrefix"),
        queryable=describe.get("queryable", True),
        replicateable=describe.get("replicateable", True),
        fields={field.name.lower(): field for field in fields},
        relationships={
            field.relationship.lower(): field for field in fields if field.relationship is not None
        },
    )


def _field(entry: dict[str, Any]) -> Field:
    kind = entry["type"]
    length = int(entry.get("length") or 0)
    plain = kind not in _NOT_FILTERABLE and not (kind == "textarea" and length > _LONG_TEXT)
    name = entry["name"]
    return Field(
        name=name,
        type=kind,
        length=length,
        custom=entry.get("custom", name.endswith("__c")),
        filterable=entry.get("filterable", plain),
        sortable=entry.get("sortable", plain),
        groupable=entry.get("groupable", plain),
        relationship=entry.get("relationshipName"),
        targets=tuple(entry.get("referenceTo") or ()),
    )
