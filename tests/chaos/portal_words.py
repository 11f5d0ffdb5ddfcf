"""The words of the chaos's portal: its objects, properties and links, and values for them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sandbox.store import HubspotAssociation

NUMBERS = {"companies": 30, "contacts": 70, "deals": 70, "line_items": 25, "notes": 25}
# Property: type, and whether it is calculated.
PROPERTIES: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "companies": {"name": ("string", False), "hs_merged_object_ids": ("string", False)},
    "contacts": {
        "email": ("string", False),
        "firstname": ("string", False),
        "hs_merged_object_ids": ("string", False),
        "num_associated_deals": ("number", True),
    },
    "deals": {
        "dealname": ("string", False),
        "amount": ("number", False),
        "dealstage": ("enumeration", False),
        "pipeline": ("enumeration", False),
        "closedate": ("datetime", False),
        "hs_is_closed": ("bool", False),
        "hs_merged_object_ids": ("string", False),
        "days_to_close": ("number", True),
    },
    "line_items": {"name": ("string", False), "price": ("number", False)},
    "notes": {"hs_note_body": ("string", False)},
}
TRACKED = ("dealstage", "amount")
WORDS = ("Ana", "Ünï", 'Say, "hm"', "東京")
STAGES = ("new", "qualified", "proposal", "closedwon", "closedlost")
MODIFIED = {"contacts": "lastmodifieddate"}
# From, to: the plain types in both directions, and the primary ones where there are such.
LINKS = {
    ("deals", "contacts"): ((3, 4), None),
    ("deals", "companies"): ((341, 342), (5, 6)),
    ("contacts", "companies"): ((279, 280), (1, 2)),
    ("line_items", "deals"): ((20, 19), None),
    ("notes", "contacts"): ((202, 201), None),
    ("notes", "deals"): ((214, 213), None),
}
LABELS = {("deals", "contacts"): ((61, 62), "Decision maker")}


def values(kind: str, chance: random.Random) -> dict[str, str | None]:
    word = f"{chance.choice(WORDS)} {chance.randint(1, 9999)}"
    if kind == "deals":
        stage = chance.choice(STAGES)
        return {
            "dealname": word,
            "amount": chance.choice((None, str(chance.randint(1, 99_999)))),
            "dealstage": stage,
            "pipeline": "default",
            "hs_is_closed": str(stage.startswith("closed")).lower(),
        }
    if kind == "line_items":
        return {"name": word, "price": str(chance.randint(1, 500))}
    if kind == "contacts":
        return {"email": f"p{chance.randint(1, 10**6)}@buyer.example", "firstname": word}
    return {"hs_note_body" if kind == "notes" else "name": word}


def both_ways(
    one: tuple[str, int],
    other: tuple[str, int],
    types: tuple[int, int],
    label: str | None,
    category: str,
) -> list[HubspotAssociation]:
    return [
        HubspotAssociation(*one, *other, types[0], category, label),
        HubspotAssociation(*other, *one, types[1], category, label),
    ]


def definition(name: str, type_name: str, calculated: bool) -> dict[str, Any]:
    return {
        "name": name,
        "label": name,
        "type": type_name,
        "fieldType": "calculation_equation" if calculated else "text",
        "groupName": "information",
        "options": [],
        "calculated": calculated,
        "hidden": False,
        "hubspotDefined": True,
    }
