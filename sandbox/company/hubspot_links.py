"""HubSpot's association types by name, and the rows of one link in both directions."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company.hubspot_text import encoded
from sandbox.store import HubspotAssociation, HubspotDocument

Kind = tuple[int, str, str | None]  # type id, category, label

_DEFINED = "HUBSPOT_DEFINED"
_OWN = "USER_DEFINED"


def _pair(there: int, back: int) -> tuple[list[Kind], list[Kind]]:
    return [(there, _DEFINED, None)], [(back, _DEFINED, None)]


def _primary(there: int, back: int, plain: int, plain_back: int) -> tuple[list[Kind], list[Kind]]:
    return (
        [(there, _DEFINED, "Primary"), (plain, _DEFINED, None)],
        [(back, _DEFINED, "Primary"), (plain_back, _DEFINED, None)],
    )


# The ids from companies to engagements and from contacts and companies to leads are not in
# HubSpot's public table that we read; they follow its pattern of neighbouring numbers.
_TYPES: dict[tuple[str, str], tuple[list[Kind], list[Kind]]] = {
    ("deals", "contacts"): _pair(3, 4),
    ("deals", "companies"): _primary(5, 6, 341, 342),
    ("contacts", "companies"): _primary(1, 2, 279, 280),
    ("line_items", "deals"): _pair(20, 19),
    ("quotes", "deals"): _pair(64, 63),
    ("quotes", "line_items"): _pair(67, 68),
    ("tickets", "contacts"): _pair(16, 15),
    ("tickets", "companies"): _primary(26, 25, 339, 340),
    ("calls", "contacts"): _pair(194, 193),
    ("calls", "companies"): _pair(182, 181),
    ("calls", "deals"): _pair(206, 205),
    ("emails", "contacts"): _pair(198, 197),
    ("emails", "companies"): _pair(186, 185),
    ("emails", "deals"): _pair(210, 209),
    ("meetings", "contacts"): _pair(200, 199),
    ("meetings", "companies"): _pair(188, 187),
    ("meetings", "deals"): _pair(212, 211),
    ("notes", "contacts"): _pair(202, 201),
    ("notes", "companies"): _pair(190, 189),
    ("notes", "deals"): _pair(214, 213),
    ("tasks", "contacts"): _pair(204, 203),
    ("tasks", "companies"): _pair(192, 191),
    ("tasks", "deals"): _pair(216, 215),
    ("feedback_submissions", "contacts"): _pair(98, 97),
    ("feedback_submissions", "tickets"): _pair(100, 99),
    ("leads", "contacts"): _primary(578, 577, 608, 607),
    ("leads", "companies"): _primary(580, 579, 610, 609),
    ("deals", "leads"): _pair(1038, 1037),
}

# A label that the portal made for itself: its ids mean nothing anywhere else.
_DECISION_MAKER: tuple[Kind, Kind] = ((41, _OWN, "Decision maker"), (42, _OWN, "Decision maker"))


def link(
    from_type: str, from_id: int, to_type: str, to_id: int, *, decision_maker: bool = False
) -> Iterator[HubspotAssociation]:
    """Every association type of the pair, there and back."""
    there, back = _TYPES[from_type, to_type]
    for type_id, category, label in there:
        yield HubspotAssociation(from_type, from_id, to_type, to_id, type_id, category, label)
    for type_id, category, label in back:
        yield HubspotAssociation(to_type, to_id, from_type, from_id, type_id, category, label)
    if decision_maker:
        (type_id, category, label), (reverse_id, _, _) = _DECISION_MAKER
        yield HubspotAssociation(from_type, from_id, to_type, to_id, type_id, category, label)
        yield HubspotAssociation(to_type, to_id, from_type, from_id, reverse_id, category, label)


def label_documents() -> Iterator[HubspotDocument]:
    """What `/crm/associations/{from}/{to}/labels` answers, for every pair above."""
    for (from_type, to_type), (there, back) in _TYPES.items():
        own = _DECISION_MAKER if (from_type, to_type) == ("deals", "contacts") else None
        yield from _labels(from_type, to_type, [*there, own[0]] if own else there)
        yield from _labels(to_type, from_type, [*back, own[1]] if own else back)


def _labels(from_type: str, to_type: str, kinds: list[Kind]) -> Iterator[HubspotDocument]:
    for position, (type_id, category, label) in enumerate(kinds):
        document = encoded({"category": category, "typeId": type_id, "label": label})
        yield HubspotDocument(
            f"association_label:{from_type}:{to_type}", str(type_id), position, 0, document
        )
