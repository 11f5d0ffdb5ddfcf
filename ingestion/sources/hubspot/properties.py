"""Property definitions: which fields an object has, of which type, calculated, personal or not."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingestion.engine.client import Answer
from ingestion.engine.errors import FatalError, SkippableError
from ingestion.model import Field, FieldType, Pull
from ingestion.sources.hubspot.connection import api_version
from ingestion.sources.hubspot.quota import CALLS
from ingestion.sources.hubspot.tables import OF_PEOPLE, PROPERTIES

logger = logging.getLogger(__name__)

_TYPES: Mapping[str, FieldType] = {
    "bool": "boolean",
    "number": "number",
    "date": "date",
    "datetime": "instant",
}
# What the vendor hides unless a call names it. Only these objects can have such properties.
SENSITIVE = ("sensitive", "highly_sensitive")
WITH_SENSITIVE = frozenset({"contacts", "companies", "deals", "tickets"})
OWN = "p_"  # what the paths of a portal's own objects begin with
_CHOSEN = frozenset({"enumeration", *_TYPES})  # types in which nobody can write what he likes
_SPEAKING = re.compile(r"e[-_]?mail|phone")
# Read-only too, but they say when and which, and nothing is to be refreshed.
_FRAME = frozenset(
    {"hs_object_id", "createdate", "hs_createdate", "lastmodifieddate", "hs_lastmodifieddate"}
)


def definitions(pull: Pull, name: str) -> Answer:
    """The property definitions of an object, once per run."""
    return _asked(pull, name, "")


def archived_definitions(pull: Pull, name: str) -> Answer:
    """The definitions in the bin. They can be seen for 90 days."""
    return _asked(pull, name, "?archived=true")


def of_level(pull: Pull, name: str, level: str) -> Answer:
    """The definitions of one of the higher levels."""
    return _asked(pull, name, f"?dataSensitivity={level}")


def sensitive(pull: Pull, name: str) -> Iterator[Answer]:
    """The definitions of the higher levels, as far as the app may see them."""
    if name not in WITH_SENSITIVE and not name.startswith(OWN):
        return
    for level in SENSITIVE:
        try:
            yield of_level(pull, name, level)
        except (SkippableError, FatalError) as error:
            if isinstance(error, FatalError) and type(error) is not FatalError:
                raise  # no quota or no login left: that is no matter of a level
            logger.info("hubspot.%s: %s properties are not read (%s)", name, level, error)
            return


def known(pull: Pull, name: str) -> tuple[tuple[Field, ...], Mapping[str, str]]:
    """The fields of an object to ask for, and those in the bin with the reason."""
    fields = fields_of(definitions(pull, name).json, name)
    for answer in sensitive(pull, name):
        fields += fields_of(answer.json, name)
    # A level that is not known is answered with what everybody may see.
    fields = tuple({field.name: field for field in fields}.values())
    if pull.mode == "sweep":
        return fields, {}
    try:
        gone = archived_definitions(pull, name).json["results"]
    except SkippableError:
        gone = []
    return fields, {item["name"]: _in_the_bin(item) for item in gone}


def fields_of(document: Mapping[str, Any], name: str = "") -> tuple[Field, ...]:
    """Fields from the property definitions of an object."""
    return tuple(
        Field(
            item["name"],
            _TYPES.get(item.get("type", ""), "text"),
            calculated=_is_calculated(item),
            personal=_is_personal(item, name),
            label=str(item.get("label") or ""),
        )
        for item in document["results"]
        if not item.get("archived")
    )


def _is_calculated(item: Mapping[str, Any]) -> bool:
    """Whether HubSpot writes the value, perhaps without moving the record's modified date.

    The flag alone misses most of them, so every value that nobody can write counts.
    """
    if item["name"] in _FRAME:
        return False
    return bool(
        item.get("calculated")
        or item.get("calculationFormula")
        or str(item.get("fieldType", "")).startswith("calculation_")
        or item["name"].startswith("hs_v2_")
        or (item.get("modificationMetadata") or {}).get("readOnlyValue")
    )


def _is_personal(item: Mapping[str, Any], name: str) -> bool:
    if item.get("dataSensitivity") in SENSITIVE:
        return True
    for field in PROPERTIES.get(name, ()):
        if field.name == item["name"]:
            return field.personal
    # Of a portal's own objects nobody knows whom they are about.
    is_of_people = name in OF_PEOPLE or name.startswith(OWN)
    if item.get("type") in _CHOSEN:
        return is_of_people and "birth" in item["name"]
    return is_of_people or _SPEAKING.search(item["name"]) is not None


def _in_the_bin(item: Mapping[str, Any]) -> str:
    since = str(item.get("archivedAt") or "")[:10]
    return f"archived in HubSpot{' on ' + since if since else ''}"


def _asked(pull: Pull, name: str, query: str) -> Answer:
    version = api_version(pull.settings)
    return pull.cache.get(
        f"properties:{name}{query}",
        lambda: pull.client.get(f"/crm/properties/{version}/{name}{query}", groups=(CALLS,)),
    )
