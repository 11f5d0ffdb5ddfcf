"""Expected columns written as text: `name` for text, `name:type` for the rest."""

from __future__ import annotations

from typing import cast, get_args

from ingestion.model import Field, FieldType


def fields(text: str) -> tuple[Field, ...]:
    return tuple(_field(word) for word in text.split())


def _field(word: str) -> Field:
    name, _, kind = word.partition(":")
    if kind and kind not in get_args(FieldType):
        raise ValueError(f"{word}: no such type")
    return Field(name, cast(FieldType, kind or "text"))
