"""The words in which a spreadsheet is described: Kind, Column, and what they are called in three
languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

Language = Literal["en", "es", "pt"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "pt")

CellType = Literal[
    "text", "email", "number", "integer", "date", "period", "currency", "country", "kpi", "choice"
]
Choices = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Column:
    """A column that people fill in.

    `labels` are the headers of the templates in English, Spanish and Portuguese, `also` other
    headers that mean the same. `choices` are the words for each canonical value. `least` and `most`
    bound a number. A `personal` column names people; where they are employees, whose names the
    reports need, field rules leave it alone as they do in the CRMs. `is_wide`: headers that are
    periods hold this column's values. What is not `is_kept` goes into other raw columns.
    """

    name: str
    type: CellType
    labels: tuple[str, str, str]
    examples: tuple[str, ...]
    also: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False
    is_employee: bool = False
    choices: Choices | None = None
    least: int | None = None
    most: int | None = None
    is_wide: bool = False
    is_kept: bool = True

    def label(self, language: Language) -> str:
        return self.labels[LANGUAGES.index(language)]

    @cached_property
    def headers(self) -> frozenset[str]:
        return frozenset(map(plain, (self.name, *self.labels, *self.also)))


@dataclass(frozen=True)
class Kind:
    """A kind of sheet. `names` are words of file and sheet names that tell it; `key` are the
    columns that make a row one of its kind, or none where each row is its own."""

    name: str
    names: tuple[str, ...]
    titles: tuple[str, str, str]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    extra: str = ""  # raw columns besides those that are filled in, written as for `fields`

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Without accents, case, marks and doubled blanks: `Válido desde *` is `valido desde`."""
    bare = unicodedata.normalize("NFKD", text.replace("\u00a0", " "))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^0-9a-z%]+", " ", bare.lower()).split())
