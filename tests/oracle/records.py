"""What the CRMs show of the company at the clock, as flat records: the only thing KPIs are made of.

Deleted, merged-away, internal and duplicate records are not here, and a record that stands in two
CRMs is here once. Keys are the company's own; owners, teams, campaigns and products go by name,
which is unique in the story.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

UNKNOWN = "unknown"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Account:
    key: int
    country: str | None
    industry: str | None
    size_band: str
    owner: str | None


@dataclass(frozen=True)
class Stage:
    """`order` and `probability` are unknown for a stage that its pipeline no longer lists."""

    pipeline: str
    code: str
    label: str
    order: int | None
    probability: Decimal | None
    is_closed: bool
    is_won: bool
    is_listed: bool

    @property
    def title(self) -> str:
        return f"{self.pipeline}: {self.label}"


@dataclass(frozen=True)
class Version:
    """The deal from `start` until before `end`; None is still."""

    start: datetime
    end: datetime | None
    stage: Stage
    amount: Decimal | None
    close_on: date | None
    owner: str | None

    @property
    def is_open(self) -> bool:
        return not self.stage.is_closed

    def holds_just_before(self, instant: datetime) -> bool:
        return self.start < instant and (self.end is None or self.end >= instant)

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)


@dataclass(frozen=True)
class Stay:
    """A visit to a stage, from entry to exit; None where it goes on."""

    stage: Stage
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Line:
    product: str
    family: str
    quantity: Decimal
    list_price: Decimal | None
    net: Decimal | None


@dataclass(eq=False)
class Deal:
    key: int
    account: int | None
    primary: int | None
    people: frozenset[int]
    pipeline: str
    stages: tuple[Stage, ...]  # the pipeline's own, in no particular order
    versions: tuple[Version, ...]
    deal_type: str
    lead_source: str | None
    source_system: str
    currency: str
    created_on: date
    campaign: str | None  # its own
    coupon: str | None = None
    next_step: str | None = None
    lines: tuple[Line, ...] = ()

    @property
    def created_at(self) -> datetime:
        return self.versions[0].start

    @property
    def last(self) -> Version:
        return self.versions[-1]

    @property
    def is_won(self) -> bool:
        return self.last.stage.is_won

    @property
    def is_lost(self) -> bool:
        return self.last.stage.is_closed and not self.is_won

    @property
    def closed_on(self) -> date | None:
        return self.last.close_on if self.last.stage.is_closed else None

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        moves = [(self.versions[0].start, self.versions[0].stage)]
        for version in self.versions[1:]:
            if version.stage != moves[-1][1]:
                moves.append((version.start, version.stage))
        exits = [start for start, _ in moves[1:]] + [None]
        return tuple(
            Stay(stage, start, left) for (start, stage), left in zip(moves, exits, strict=True)
        )

    @property
    def closed_at(self) -> datetime | None:
        """When it entered the closed stage in which it is."""
        return self.stays[-1].entered_at if self.last.stage.is_closed else None

    @property
    def credited(self) -> str | None:
        """The owner at the closing, or today's."""
        if self.closed_at is not None:
            for version in self.versions:
                if version.holds(self.closed_at) and version.owner:
                    return version.owner
        return self.last.owner

    def just_before(self, instant: datetime) -> Version | None:
        return next((each for each in self.versions if each.holds_just_before(instant)), None)

    def at(self, instant: datetime) -> Version | None:
        return next((each for each in self.versions if each.holds(instant)), None)


@dataclass(frozen=True)
class Person:
    key: int
    account: int | None
    owner: str | None
    created_at: datetime
    lead_at: datetime | None
    qualified_at: datetime | None
    lead_source: str | None
    campaign: str | None
    source_system: str


@dataclass(frozen=True)
class Activity:
    """`deal` and `person` may be of records that are not counted themselves."""

    key: int
    kind: str
    owner: str | None
    person: int | None
    account: int | None
    deal: int | None
    created_at: datetime
    due_at: datetime | None
    completed_at: datetime | None  # never after the clock


@dataclass(frozen=True)
class Ticket:
    key: int
    category: str
    account: int | None
    opened_at: datetime
    first_reply_at: datetime | None
    closed_at: datetime | None
    source_system: str


@dataclass(frozen=True)
class Survey:
    key: int
    survey: str
    name: str
    kind: str
    score: Decimal
    person: int | str | None
    account: int | None
    answered_at: datetime


@dataclass(frozen=True)
class Contract:
    account: int | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Order:
    key: int
    number: str
    account: int
    ordered_on: date
    amount: Decimal
    currency: str
    is_return: bool
    original: int | None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Return:
    """Of a sheet: by the number that people read on the paper."""

    number: str
    returned_on: date
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Target:
    """A sales target of an owner for the days from `start` until before `end`; `later` are the
    amounts that took the place of the first, each from its day on."""

    owner: str
    start: date
    end: date
    amount: Decimal
    currency: str
    later: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True)
class Campaign:
    name: str
    starts_on: date | None
    ends_on: date | None
    spend: Decimal | None
    currency: str


@dataclass(frozen=True)
class Spend:
    campaign: str
    spent_on: date
    amount: Decimal
    currency: str


@dataclass
class Rates:
    """What one unit of a currency is worth in the reporting currency, from a day on."""

    reporting: str
    by_currency: dict[str, list[tuple[date, Decimal]]]

    def base(self, amount: Decimal | None, currency: str, day: date) -> Decimal | None:
        """To the cent, half away from zero; None without an amount or without a rate."""
        if amount is None:
            return None
        worth: Decimal | None = Decimal(1) if currency == self.reporting else None
        if worth is None:
            for start, rate in self.by_currency.get(currency, []):
                if start <= day:
                    worth = rate
        return None if worth is None else (amount * worth).quantize(_CENT, ROUND_HALF_UP)


@dataclass
class World:
    clock: datetime
    timezone: str
    rates: Rates
    country: str = "US"  # whose holidays hold for owners of whom nobody says where they work
    teams: dict[str, str | None] = field(default_factory=dict)  # by owner
    countries: dict[str, str] = field(default_factory=dict)  # by owner, where anybody says
    accounts: dict[int, Account] = field(default_factory=dict)
    deals: dict[int, Deal] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    spend: list[Spend] = field(default_factory=list)
    sessions: list[tuple[date, str, int]] = field(default_factory=list)
    surveys_sent: list[tuple[str, date, int]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)  # of the sheet, beside the CRM's
    # Of people that are not counted, for what is attributed through them.
    campaign_of_person: dict[int, str | None] = field(default_factory=dict)
