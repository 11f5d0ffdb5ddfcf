"""How Pipedrive writes things: ids, instants, custom fields and their options. No state.

Ids are numbers that count up, per kind of record. A custom field is known by a hash of 40
characters, an option by a number; what people read stands in the field's definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b

from sandbox.company.story import KEYS_PER_LIFE

COMPANY_ID = 11873402
COMPANY_DOMAIN = "aurora-partners"
CURRENCIES = ("USD", "BRL", "MXN", "EUR")
COUNTRIES = {"BR": "Brazil", "MX": "Mexico", "US": "United States"}
# A life's number in the unit, and the number of the record in the life.
_FIRST_KEY = 40_000_000 * KEYS_PER_LIFE
_FIRST_USER = 17_400_000


def record_id(key: int) -> int:
    return key - _FIRST_KEY


def user_id(rep_key: int) -> int:
    return _FIRST_USER + rep_key * 7


def stamp(instant: datetime) -> str:
    """As version 2 prints it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def old_stamp(instant: datetime) -> str:
    """As version 1 prints it: UTC, without saying so."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def lead_stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def number(amount: Decimal | None) -> int | float | None:
    """Money as a JSON number, without a point where it has no cents."""
    if amount is None:
        return None
    return int(amount) if amount == int(amount) else float(amount)


@dataclass(frozen=True)
class CustomField:
    """A field that people of the unit have made. `choices` are what a record may hold of it."""

    of: str
    label: str
    type: str
    choices: tuple[tuple[str, str], ...] = ()  # our word, the option's label
    first_option: int = 1

    @property
    def hash(self) -> str:
        return blake2b(f"{self.of}/{self.label}".encode(), digest_size=20).hexdigest()

    def option(self, word: str) -> int | None:
        words = [word for word, _ in self.choices]
        return self.first_option + words.index(word) if word in words else None


DEAL_TYPE = CustomField(
    "deals",
    "Deal type",
    "enum",
    (("new", "New business"), ("expansion", "Expansion"), ("renewal", "Renewal")),
    first_option=31,
)
MARGIN = CustomField("deals", "Guaranteed margin", "monetary")
LEAD_SOURCE = CustomField(
    "persons",
    "Lead source",
    "enum",
    (
        ("organic_search", "Organic search"),
        ("paid_search", "Paid search"),
        ("email", "E-mail"),
        ("social", "Social"),
        ("referral", "Referral"),
        ("direct", "Direct"),
        ("event", "Event"),
        ("other", "Other"),
    ),
    first_option=51,
)
TIER = CustomField(
    "organizations",
    "Partner tier",
    "enum",
    (("bronze", "Bronze"), ("silver", "Silver"), ("gold", "Gold")),
    first_option=71,
)
TAX_ID = CustomField("organizations", "Tax ID", "varchar")
CUSTOM_FIELDS = (DEAL_TYPE, MARGIN, LEAD_SOURCE, TIER, TAX_ID)
