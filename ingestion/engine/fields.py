"""Expected columns written as text: `name` for text, `name:type` for the rest.

`!` behind a name marks the field as personal: it tells something of a person outside the company
(a name, an address, a number, what was said or written). What the marks are for: `privacy.py`.
"""

from __future__ import annotations

from typing import cast, get_args

from ingestion.model import Field, FieldType

PERSONAL = "!"


def fields(text: str) -> tuple[Field, ...]:
    return tuple(_field(word) for word in text.split())


def _field(word: str) -> Field:
    name, _, kind = word.partition(":")
    if kind and kind not in get_args(FieldType):
        raise ValueError(f"{word}: no such type")
    return Field(
        name.removesuffix(PERSONAL),
        cast(FieldType, kind or "text"),
        personal=name.endswith(PERSONAL),
    )
