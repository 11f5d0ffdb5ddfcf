"""The words of the invented company: what it is made of, before any vendor's view of it.

Every value that changes is a `Timeline` over all time, past and future. The clock only decides how
much of it can be seen: a view at an instant reads `timeline.at(instant)`. So the company can be
moved forward by looking later, and a life is a pure function of the seed and its number.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

T = TypeVar("T")

HUBSPOT = "hubspot"
SALESFORCE = "salesforce"
PIPEDRIVE = "pipedrive"


class Timeline(Generic[T]):
    """Values in order of the instants (aware, UTC) at which they were set."""

    __slots__ = ("_instants", "_values")

    def __init__(self, *entries: tuple[datetime, T]) -> None:
        ordered = sorted(entries, key=lambda entry: entry[0])
        self._instants = [instant for instant, _ in ordered]
        self._values = [value for _, value in ordered]

    def set(self, instant: datetime, value: T) -> None:
        """Add a value; a value set at an instant already known comes after it."""
        index = bisect_right(self._instants, instant)
        self._instants.insert(index, instant)
        self._values.insert(index, value)

    def at(self, instant: datetime) -> T | None:
        """The value in force at the instant, or None before the first one."""
        index = bisect_right(self._instants, instant)
        return self._values[index - 1] if index else None

    def until(self, instant: datetime) -> list[tuple[datetime, T]]:
        """The entries set up to and including the instant, oldest first."""
        index = bisect_right(self._instants, instant)
        return list(zip(self._instants[:index], self._values[:index], strict=True))

    def first(self) -> tuple[datetime, T] | None:
        return (self._instants[0], self._values[0]) if self._instants else None

    def __iter__(self) -> Iterator[tuple[datetime, T]]:
        return iter(zip(self._instants, self._values, strict=True))

    def __len__(self) -> int:
        return len(self._instants)

    def __repr__(self) -> str:
        return f"Timeline({', '.join(map(repr, self))})"


# --- the organisation: small, held in memory -------------------------------------------------


@dataclass(frozen=True)
class Team:
    """A sales team. HubSpot shows it as an owner's team, Salesforce as a role of the same name."""

    key: int
    name: str
    country: str
    segment: str  # "smb" sells in HubSpot, "enterprise" in Salesforce


@dataclass(frozen=True)
class Rep:
    """A seller or a manager. E-mail is the same in both CRMs, ids are not."""

    key: int
    first_name: str
    last_name: str
    email: str
    team_key: int
    is_manager: bool
    joined_at: datetime
    left_at: datetime | None
    systems: frozenset[str]


@dataclass(frozen=True)
class Stage:
    """A stage of a pipeline. `vendor_id` is HubSpot's stage id or Salesforce's ApiName."""

    vendor_id: str
    order: int
    probability: Decimal  # 0 to 1
    is_closed: bool
    is_won: bool
    label: Timeline[str]
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class Pipeline:
    """`vendor_id` is HubSpot's pipeline id; Salesforce has one list and calls it nothing."""

    key: str
    system: str
    vendor_id: str
    label: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Product:
    key: int
    name: str
    sku: str
    family: str
    list_price: Decimal  # USD
    is_subscription: bool
    created_at: datetime


@dataclass(frozen=True)
class Campaign:
    key: int
    name: str
    channel: str
    starts_on: date
    ends_on: date
    budget: Decimal  # USD
    spend: Decimal  # USD
    created_at: datetime
    system: str


@dataclass(frozen=True)
class Target:
    """Sales target of one rep for one month, kept in one CRM. The amount may be changed later."""

    key: int
    rep_key: int
    month: date  # first day
    amount: Timeline[Decimal]
    currency: str
    system: str
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class Rate:
    """Units of the currency for one USD, from a day on, until the next one of that currency."""

    currency: str
    starts_on: date
    units_per_usd: Decimal  # 6 places


@dataclass(frozen=True)
class Organisation:
    """Everything that does not belong to one customer."""

    timezone: str
    teams: tuple[Team, ...]
    reps: tuple[Rep, ...]
    pipelines: tuple[Pipeline, ...]
    products: tuple[Product, ...]
    campaigns: tuple[Campaign, ...]
    targets: tuple[Target, ...]
    rates: tuple[Rate, ...]


# --- a life: one customer, or one lead that never became one ---------------------------------


@dataclass
class Company:
    """`link` tells how the records of HubSpot and Salesforce can be known for one: "sync", "domain"
    or None."""

    key: int
    name: Timeline[str]
    domain: str  # empty when nobody knows it
    country: str
    city: str
    industry: str
    employees: int
    owner: Timeline[int]  # Rep.key
    hubspot_at: datetime | None
    salesforce_at: datetime | None
    link: str | None
    is_internal: bool = False
    deleted_at: datetime | None = None
    merged_into: int | None = None  # Company.key, from deleted_at on
    pipedrive_at: datetime | None = None
    tax_id: str | None = None  # as people typed it
    salesforce_domain: str | None = None  # where Salesforce has another one than the rest
    copy_of: int | None = None  # Company.key: the same company, entered once more in another CRM


@dataclass
class Person:
    """Somebody at a company, or a lead without one. `link`: "sync", "email" or None."""

    key: int
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    job_title: str
    country: str
    company_key: int | None
    owner: Timeline[int | None]
    channel: str
    campaign_key: int | None
    hubspot_at: datetime | None  # contact created in HubSpot
    salesforce_lead_at: datetime | None  # Lead created in Salesforce
    salesforce_contact_at: datetime | None  # Contact created, or the Lead converted, in Salesforce
    link: str | None
    lead_at: datetime | None = None  # entered as a lead; None for people who never were one
    marketing_qualified_at: datetime | None = None
    qualified_at: datetime | None = None  # first sales qualification
    disqualified_at: datetime | None = None
    converted_deal_key: int | None = None
    deleted_at: datetime | None = None
    merged_into: int | None = None
    pipedrive_at: datetime | None = None
    copy_of: int | None = None  # Person.key: the same person, entered once more in another CRM


@dataclass
class Line:
    key: int
    product_key: int
    quantity: int
    unit_price: Decimal  # before discount, in the deal's currency
    discount_percent: Decimal  # 0 to 100
    amount: Decimal  # quantity x unit price less discount, 2 places
    created_at: datetime


@dataclass
class Deal:
    """`stage` holds `Stage.vendor_id`s of `pipeline_key`; a synced deal's mirror follows it."""

    key: int
    name: Timeline[str]
    company_key: int
    person_keys: tuple[int, ...]  # the first is the primary contact
    pipeline_key: str
    currency: str
    deal_type: str  # "new", "expansion", "renewal"
    channel: str
    campaign_key: int | None
    created_at: datetime
    hubspot_at: datetime | None
    salesforce_at: datetime | None
    stage: Timeline[str]
    amount: Timeline[Decimal | None]
    close_on: Timeline[date]
    owner: Timeline[int]
    next_step: Timeline[str | None]
    lines: list[Line] = field(default_factory=list)
    coupon: str | None = None
    loss_reason: str | None = None  # "duplicate" leaves the KPIs
    contact_linked_at: datetime | None = None  # association made later than the deal
    probability_missing: bool = False
    deleted_at: datetime | None = None
    restored_at: datetime | None = None
    merged_into: int | None = None  # Deal.key, from deleted_at on
    pipedrive_at: datetime | None = None
    archived_at: datetime | None = None  # put out of sight in Pipedrive, and still a deal
    copy_of: int | None = None  # Deal.key: the same deal, entered once more in another CRM


@dataclass
class Activity:
    """`kind`: call, email, incoming_email, meeting, task, note."""

    key: int
    kind: str
    system: str
    subject: str
    body: str
    owner_key: int
    person_key: int | None
    company_key: int | None
    deal_key: int | None
    created_at: datetime
    scheduled_at: datetime  # when it takes place; a task's due instant
    ends_at: datetime | None  # meetings and calls
    completed_at: datetime | None  # None: planned, overdue or a no-show
    outcome: str | None  # "completed", "no_show", "cancelled", None
    deleted_at: datetime | None = None


@dataclass
class Ticket:
    key: int
    system: str
    subject: str
    body: str
    category: str  # "complaint", "question", "return", "incident"
    priority: str
    company_key: int
    person_key: int | None
    owner_key: int
    opened_at: datetime
    first_reply_at: datetime | None
    status: Timeline[str]  # "new", "waiting", "closed"; closed twice when re-opened
    deleted_at: datetime | None = None


@dataclass
class Survey:
    """An answer in HubSpot. CSAT: 1 to 5; NPS: 0 to 10."""

    key: int
    survey_id: str
    name: str
    kind: str  # "CSAT" or "NPS"
    score: int
    comment: str | None
    person_key: int | None
    ticket_key: int | None
    answered_at: datetime


@dataclass
class Contract:
    """A running subscription, in Salesforce."""

    key: int
    company_key: int
    deal_key: int
    starts_on: date
    months: int
    activated_at: datetime
    terminated_at: datetime | None = None


@dataclass
class Order:
    """What was delivered, in Salesforce; a return is an order with `returns` set to the original."""

    key: int
    company_key: int
    deal_key: int
    contract_key: int | None
    effective_on: date
    created_at: datetime
    lines: list[Line] = field(default_factory=list)
    returns: int | None = None


@dataclass
class Life:
    """All that ever happens around one customer, or one lead without a company."""

    number: int
    companies: list[Company] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
