"""Worlds small enough to be counted by hand, for the tests of the oracle itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.oracle.periods import Calendar
from tests.oracle.records import (
    Account,
    Activity,
    Campaign,
    Deal,
    Line,
    Person,
    Rates,
    Stage,
    Version,
    World,
)
from tests.oracle.tally import Row

ZONE = ZoneInfo("America/Sao_Paulo")  # three hours behind UTC
FIRST = date(2025, 1, 1)
CLOCK = datetime(2025, 3, 14, 15, tzinfo=UTC)  # a Friday, noon where the business is

NEW = Stage("Pipe", "new", "New", 1, Decimal("0.2"), False, False, True)
OFFER = Stage("Pipe", "offer", "Offer", 2, Decimal("0.6"), False, False, True)
TALKS = Stage("Pipe", "talks", "Talks", 3, Decimal("0.8"), False, False, True)
WON = Stage("Pipe", "won", "Won", 4, Decimal(1), True, True, True)
LOST = Stage("Pipe", "lost", "Lost", 5, Decimal(0), True, False, True)
RETIRED = Stage("Pipe", "retired", "retired", None, None, False, False, False)
STAGES = (NEW, OFFER, TALKS, WON, LOST, RETIRED)

Number = Decimal | int | None


def at(text: str) -> datetime:
    """A day and a time of the business, "2025-01-05 10:00"; midnight where only the day is said."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def calendar(clock: datetime = CLOCK, first: date = FIRST, fiscal_start: int = 1) -> Calendar:
    return Calendar(first, clock, ZONE, fiscal_start)


def world(
    deals: Iterable[Deal] = (),
    *,
    people: Iterable[Person] = (),
    activities: Iterable[Activity] = (),
    campaigns: Iterable[Campaign] = (),
    clock: datetime = CLOCK,
) -> World:
    """Two accounts and two owners; the real is worth 0.20 dollars, and 0.25 from February on."""
    rates = {"BRL": [(date(2025, 1, 1), Decimal("0.2")), (date(2025, 2, 1), Decimal("0.25"))]}
    people = list(people)
    return World(
        clock=clock,
        timezone=str(ZONE),
        rates=Rates("USD", rates),
        teams={"Ana": "North", "Bea": "South", "Cid": None},
        accounts={
            1: Account(1, "BR", "Retail", "1-49", "Ana"),
            2: Account(2, "MX", None, "1000+", "Bea"),
        },
        deals={deal.key: deal for deal in deals},
        people={person.key: person for person in people},
        activities=list(activities),
        campaigns={campaign.name: campaign for campaign in campaigns},
        campaign_of_person={person.key: person.campaign for person in people},
    )


def version(
    start: str,
    stage: Stage,
    amount: str | None = "100",
    close_on: str | None = None,
    owner: str | None = "Ana",
) -> tuple[datetime, Stage, Decimal | None, date | None, str | None]:
    return (
        at(start),
        stage,
        None if amount is None else Decimal(amount),
        None if close_on is None else date.fromisoformat(close_on),
        owner,
    )


def deal(
    key: int,
    *versions: tuple[datetime, Stage, Decimal | None, date | None, str | None],
    account: int | None = 1,
    deal_type: str = "new",
    currency: str = "USD",
    people: Iterable[int] = (),
    campaign: str | None = None,
    coupon: str | None = None,
    next_step: str | None = None,
    lines: Iterable[Line] = (),
) -> Deal:
    """Each version lasts until the next. A closed one without a close date has its own day."""
    ends = [start for start, *_ in versions[1:]] + [None]
    people = tuple(people)
    found = []
    for (start, stage, amount, close_on, owner), end in zip(versions, ends, strict=True):
        day = start.astimezone(ZONE).date() if stage.is_closed and close_on is None else close_on
        found.append(Version(start, end, stage, amount, day, owner))
    return Deal(
        key=key,
        account=account,
        primary=people[0] if people else None,
        people=frozenset(people),
        pipeline="Pipe",
        stages=STAGES,
        versions=tuple(found),
        deal_type=deal_type,
        lead_source="event",
        source_system="hubspot",
        currency=currency,
        created_on=found[0].start.astimezone(ZONE).date(),
        campaign=campaign,
        coupon=coupon,
        next_step=next_step,
        lines=tuple(lines),
    )


def won(key: int, created: str, closed: str, amount: str | None = "100", **rest: object) -> Deal:
    owner = rest.pop("owner", "Ana")
    assert isinstance(owner, str)
    steps = (version(created, NEW, amount, None, owner), version(closed, WON, amount, None, owner))
    return deal(key, *steps, **rest)  # type: ignore[arg-type]


def lost(key: int, created: str, closed: str, amount: str | None = "100") -> Deal:
    return deal(key, version(created, NEW, amount), version(closed, LOST, amount))


def person(
    key: int,
    created: str,
    *,
    lead: bool = True,
    qualified: str | None = None,
    account: int | None = 1,
    owner: str | None = "Ana",
    campaign: str | None = None,
) -> Person:
    return Person(
        key,
        account,
        owner,
        at(created),
        at(created) if lead else None,
        at(qualified) if qualified else None,
        "social",
        campaign,
        "hubspot",
    )


def activity(
    key: int,
    done: str | None,
    kind: str = "call",
    *,
    owner: str | None = "Ana",
    person: int | None = None,
    account: int | None = None,
    deal: int | None = None,
    created: str = "2025-01-01",
    due: str | None = None,
) -> Activity:
    return Activity(
        key,
        kind,
        owner,
        person,
        account,
        deal,
        at(created),
        at(due) if due else None,
        at(done) if done else None,
    )


class Rows:
    """Rows to be asked: `rows["deals_won", "month", "2025-02-01"]` is numerator, denominator, value."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._by_key = {
            (
                each.kpi_id,
                each.period_grain,
                each.period_start.isoformat(),
                each.dimension,
                each.dimension_value,
            ): each
            for each in self.rows
        }
        assert len(self._by_key) == len(self.rows), "a row stands twice"

    def __getitem__(self, key: tuple[str, ...]) -> tuple[Number, Number, Number]:
        row = self.row(*key)
        return row.numerator, row.denominator, row.value

    def value(self, *key: str) -> Number:
        return self.row(*key).value

    def n(self, *key: str) -> int | None:
        return self.row(*key).n

    def row(self, *key: str) -> Row:
        return self._by_key[key if len(key) == 5 else (*key, "total", "total")]

    def has(self, *key: str) -> bool:
        return key in self._by_key

    def values(self, kpi_id: str, dimension: str, grain: str) -> dict[tuple[str, str], Number]:
        return {
            (each.period_start.isoformat(), each.dimension_value): each.value
            for each in self.rows
            if (each.kpi_id, each.dimension, each.period_grain) == (kpi_id, dimension, grain)
        }
