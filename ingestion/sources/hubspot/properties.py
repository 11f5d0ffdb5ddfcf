"""Property definitions: which fields an object has, of which type, calculated or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingestion.engine.client import Answer
from ingestion.model import Field, FieldType, Pull
from ingestion.sources.hubspot.connection import CALLS, api_version

_TYPES: Mapping[str, FieldType] = {
    "bool": "boolean",
    "number": "number",
    "date": "date",
    "datetime": "instant",
}


def definitions(pull: Pull, name: str) -> Answer:
    """The property definitions of an object, once per run."""
    version = api_version(pull.settings)
    return pull.cache.get(
        f"properties:{name}",
        lambda: pull.client.get(f"/crm/properties/{version}/{name}", groups=(CALLS,)),
    )


def fields_of(document: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields from property definitions. The `calculated` flag alone misses most of them."""
    return tuple(
        Field(
            item["name"],
            _TYPES.get(item.get("type", ""), "text"),
            calculated=bool(
                item.get("calculated")
                or item.get("calculationFormula")
                or str(item.get("fieldType", "")).startswith("calculation_")
            ),
        )
        for item in document["results"]
        if not item.get("archived")
    )
