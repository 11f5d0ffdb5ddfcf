"""What may be shown of a value that was set aside: nobody's address and nobody's name.

A name may stand in any column by mistake. So words are told by their first letter, but for those
of the sheets themselves: months, currencies, kinds of choices, headers.
"""

from __future__ import annotations

import re

from ingestion.sources.spreadsheets.dates import MONTHS
from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.numbers import CODES
from ingestion.sources.spreadsheets.vocabulary import COUNTRIES, KPIS
from ingestion.sources.spreadsheets.words import Column, plain

LONGEST = 60
_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(r"\S+@\S+")


def _known() -> frozenset[str]:
    texts = [*MONTHS, *CODES, *COUNTRIES, *KPIS]
    texts += [word for choices in (COUNTRIES, KPIS) for words in choices.values() for word in words]
    for kind in KINDS.values():
        for column in kind.columns:
            texts += column.headers
            for value, words in (column.choices or {}).items():
                texts += [value, *words]
    return frozenset(word for text in texts for word in plain(text).split())


KNOWN = _known()


def masked(text: str, column: Column | None) -> str:
    """The text as the quarantine may keep it."""
    if column is not None and column.personal:
        return "***" if text else ""
    text = _ADDRESS.sub("***@***", text)
    return _WORD.sub(_hidden, text)[:LONGEST]


def _hidden(found: re.Match[str]) -> str:
    word = found.group()
    return word if plain(word) in KNOWN else f"{word[0]}***"
