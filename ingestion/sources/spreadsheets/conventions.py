"""How a file writes decimals and days: settled from all its values, never from one.

A value that can be read in one way only is proof; `1.234` and `03/04/2026` are none. Where no value
proves it, the declared locale decides, and without one what else the file shows of its origin. A
file that neither settles is refused, and so is one whose values contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from ingestion.engine.errors import FatalError
from ingestion.sources.spreadsheets.dates import Order, order_evidence
from ingestion.sources.spreadsheets.numbers import DecimalMark, evidence
from ingestion.sources.spreadsheets.words import Language

LOCALE = "SPREADSHEETS_LOCALE"
LOCALES: Mapping[str, tuple[DecimalMark, Order]] = {
    "pt-BR": (",", "dmy"),
    "pt-PT": (",", "dmy"),
    "es-ES": (",", "dmy"),
    "es-MX": (".", "dmy"),
    "en-US": (".", "mdy"),
    "en-GB": (".", "dmy"),
}
C = TypeVar("C")


@dataclass(frozen=True)
class Conventions:
    decimal: DecimalMark
    order: Order

    def __str__(self) -> str:
        return f"decimal {self.decimal} order {self.order}"


@dataclass(frozen=True)
class Found:
    """A text of the file and where it stands."""

    text: str
    place: str


@dataclass(frozen=True)
class Shown:
    """What a file shows of its origin besides its values."""

    delimiter: str | None = None
    languages: frozenset[Language] = frozenset()


class UnsettledError(Exception):
    """A file whose values can be read in two ways; the message is a sentence."""


def declared(settings: Mapping[str, str]) -> str | None:
    """The locale that is set."""
    named = (settings.get(LOCALE) or "").strip()
    if not named:
        return None
    for name in LOCALES:
        if name.lower() == named.lower().replace("_", "-"):
            return name
    raise FatalError(f"{LOCALE} must be one of {', '.join(LOCALES)}")


def settle(
    numbers: Iterable[Found], days: Iterable[Found], shown: Shown, locale: str | None
) -> Conventions:
    decimal: _Question[DecimalMark] = _Question("1.234 is a thousand or one and a bit")
    for one in numbers:
        decimal.hear(evidence(one.text), one)
    order: _Question[Order] = _Question("day and month can be told apart in none of them")
    for one in days:
        order.hear(order_evidence(one.text), one)
    by_locale = LOCALES[locale] if locale else (None, None)
    mark = decimal.answer(by_locale[0], _decimal_of(shown))
    # With decimal commas nobody writes the month first.
    hint: Order | None = "dmy" if mark == "," and decimal.is_proved else _order_of(shown)
    return Conventions(mark or ".", order.answer(by_locale[1], hint) or "dmy")


def _decimal_of(shown: Shown) -> DecimalMark | None:
    """Spreadsheet programs part columns by semicolons where the comma is the decimal mark."""
    if shown.delimiter == ";":
        return ","
    if shown.delimiter == ",":
        return "."
    return "," if shown.languages == {"pt"} else None


def _order_of(shown: Shown) -> Order | None:
    if shown.delimiter == ";" or shown.languages & {"pt", "es"}:
        return "dmy"
    return None


class _Question(Generic[C]):
    """What the values of a file say about one convention."""

    def __init__(self, doubt: str) -> None:
        self._doubt = doubt
        self._proofs: dict[C, Found] = {}
        self._open: Found | None = None

    @property
    def is_proved(self) -> bool:
        return len(self._proofs) == 1

    def hear(self, evidence: C | Literal["either"] | None, found: Found) -> None:
        if evidence == "either":
            self._open = self._open or found
        elif evidence is not None:
            self._proofs.setdefault(evidence, found)

    def answer(self, declared: C | None, hint: C | None) -> C | None:
        """None where it makes no difference."""
        if self.is_proved:
            return next(iter(self._proofs))
        if declared is not None:
            return declared
        if self._proofs:
            first, second = list(self._proofs.values())[:2]
            raise UnsettledError(
                f"{first.text} ({first.place}) and {second.text} ({second.place}) are written by "
                f"different conventions: write them alike, or set {LOCALE}"
            )
        if hint is not None:
            return hint
        if self._open is None:
            return None
        raise UnsettledError(
            f"{self._open.text} ({self._open.place}) can be read in two ways and no other value "
            f"settles it: {self._doubt}; set {LOCALE}"
        )
