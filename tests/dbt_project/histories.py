"""Random histories of deals, and an independent reading of them: what was open when, and what flowed.

Nothing here knows the SQL. Histories are walked forward, instant by instant and day by day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONE = ZoneInfo("America/Sao_Paulo")
FIRST_DAY, LAST_DAY = date(2026, 1, 26), date(2026, 2, 6)
OPEN = ("new", "late")
TEAMS = {"o1": "t1", "o2": "t1", "o3": "t2", None: None}
DAY = timedelta(days=1)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Change:
    at: datetime
    field: str  # stage, amount or owner
    value: str | None


@dataclass(frozen=True)
class History:
    key: str
    currency: str
    changes: tuple[Change, ...]  # in order; those of one instant too
    deleted_at: datetime | None

    @property
    def created_at(self) -> datetime:
        return self.changes[0].at


@dataclass(frozen=True)
class State:
    stage: str
    amount: Decimal | None
    team: str

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN


@dataclass
class Flow:
    counts: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, amount: Decimal, *, count: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + count
        self.amounts[name] = self.amounts.get(name, Decimal(0)) + amount


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def business_day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


# --- what is generated

# Noon, and the instants around midnight: the day's first, the second before, the one after.
_INSTANTS = [
    midnight(day) + offset
    for day in days()
    for offset in (
        timedelta(0),
        timedelta(seconds=-1),
        timedelta(seconds=1),
        timedelta(hours=12),
    )
]
_VALUES = {
    "stage": st.sampled_from(["new", "late", "won", "lost"]),
    "amount": st.sampled_from([None, "0.00", "10.01", "33.33", "99.99", "1000000.05", "-7.00"]),
    "owner": st.sampled_from(["o1", "o2", "o3", None]),
}


@st.composite
def _changes(draw: st.DrawFn) -> tuple[Change, ...]:
    instants = sorted(draw(st.lists(st.sampled_from(_INSTANTS), min_size=1, max_size=9)))
    first = [Change(instants[0], name, draw(values)) for name, values in _VALUES.items()]
    later = []
    for instant in instants[1:]:
        name = draw(st.sampled_from(sorted(_VALUES)))
        later.append(Change(instant, name, draw(_VALUES[name])))
    return (*first, *later)


@st.composite
def histories(draw: st.DrawFn) -> list[History]:
    found = []
    for number in range(draw(st.integers(min_value=1, max_value=5))):
        changes = draw(_changes())
        after = [instant for instant in _INSTANTS if instant > changes[0].at]
        deleted_at = draw(st.none() | st.sampled_from(after)) if after else None
        currency = draw(st.sampled_from(["USD", "BRL", "EUR", "XXX"]))
        found.append(History(f"d{number}", currency, changes, deleted_at))
    return found


@st.composite
def rates(draw: st.DrawFn) -> dict[tuple[str, date], Decimal]:
    """Of BRL on every day, of EUR on some, of XXX never; USD is what all are counted in."""
    moving = st.sampled_from([Decimal("0.18000001"), Decimal("0.2"), Decimal("0.25125")])
    found = {}
    for day in days(FIRST_DAY - DAY):
        found["USD", day] = Decimal(1)
        found["BRL", day] = draw(moving)
        if draw(st.booleans()):
            found["EUR", day] = draw(st.sampled_from([Decimal("1.1"), Decimal("1.3")]))
    return found


instants = st.sampled_from([instant for instant in _INSTANTS if instant > midnight(FIRST_DAY)])


# --- the independent reading


class Company:
    """What the histories say, seen from an instant: a change at that very instant is not yet seen."""

    def __init__(
        self,
        found: list[History],
        prices: dict[tuple[str, date], Decimal],
        as_of: datetime,
    ) -> None:
        self.prices = prices
        self.as_of = as_of
        # What was deleted at the very instant is deleted for the KPIs and still in the pipeline.
        self.histories = [one for one in found if one.created_at <= as_of]
        self._open: dict[date, list[tuple[History, State]]] = {}

    def base(self, one: History, amount: Decimal | None, day: date) -> Decimal:
        price = self.prices.get((one.currency, day))
        if amount is None or price is None:
            return Decimal(0)
        return (amount * price).quantize(CENT, rounding=ROUND_HALF_UP)

    def steps(self, one: History) -> Iterator[tuple[datetime, State | None]]:
        """Each instant at which something was set, with what the deal then was; None once deleted."""
        values: dict[str, str | None] = {}
        by_instant: dict[datetime, list[Change]] = {}
        for change in one.changes:
            by_instant.setdefault(change.at, []).append(change)
        for instant, group in sorted(by_instant.items()):
            if instant >= self.as_of or (one.deleted_at is not None and one.deleted_at <= instant):
                break
            values.update({change.field: change.value for change in group})
            amount = values["amount"]
            yield (
                instant,
                State(
                    values["stage"] or "",
                    None if amount is None else Decimal(amount),
                    TEAMS[values["owner"]] or "unknown",
                ),
            )
        if one.deleted_at is not None and one.deleted_at < self.as_of:
            yield one.deleted_at, None

    def at_end_of(self, one: History, day: date) -> State | None:
        """What the deal was just before the day's end, or just before the run."""
        found = None
        for instant, state in self.steps(one):
            if instant < midnight(day + DAY):
                found = state
        return found

    def is_gone(self, one: History) -> bool:
        return one.deleted_at is not None and one.deleted_at <= self.as_of

    def open_on(self, day: date) -> list[tuple[History, State]]:
        if day not in self._open:
            standing = [(one, self.at_end_of(one, day)) for one in self.histories]
            self._open[day] = [
                (one, state) for one, state in standing if state is not None and state.is_open
            ]
        return self._open[day]

    def standing(
        self, day: date, team: str | None, *, only_gone: bool = False
    ) -> tuple[int, Decimal]:
        chosen = [
            self.base(one, state.amount, day)
            for one, state in self.open_on(day)
            if team in (None, state.team) and (self.is_gone(one) or not only_gone)
        ]
        return len(chosen), sum(chosen, Decimal(0))

    def flows(self, first: date, end: date, team: str | None) -> Flow:
        """Everything between two midnights, the second excluded, of one team or of all."""
        flow = Flow()
        for day in days(first, min(end - DAY, business_day(self.as_of - timedelta(seconds=1)))):
            for one, state in self.open_on(day - DAY):
                if team in (None, state.team):
                    before = self.base(one, state.amount, day - DAY)
                    flow.add("fx", self.base(one, state.amount, day) - before, count=0)
        for one in self.histories:
            previous: State | None = None
            for instant, state in self.steps(one):
                day = business_day(instant)
                if first <= day < end:
                    self._step(flow, one, day, previous, state, team)
                previous = state
        return flow

    def _step(
        self,
        flow: Flow,
        one: History,
        day: date,
        previous: State | None,
        state: State | None,
        team: str | None,
    ) -> None:
        was_open = previous is not None and previous.is_open
        is_open = state is not None and state.is_open
        before = self.base(one, previous.amount, day) if previous else Decimal(0)
        if state is None:
            if was_open and previous is not None and team in (None, previous.team):
                flow.add("deleted", before)
            return
        after = self.base(one, state.amount, day)
        if was_open and previous is not None and previous.team != state.team and team is not None:
            if previous.team == team:
                flow.add("moved_out", before)
            if state.team == team:
                flow.add("moved_in", before)
        if team not in (None, state.team):
            return
        if is_open and not was_open:
            flow.add("new" if previous is None else "reopened", after)
        if was_open:
            if after > before:
                flow.add("increased", after - before, count=0)
            if after < before:
                flow.add("decreased", before - after, count=0)
            if not is_open:
                flow.add("won" if state.stage == "won" else "lost", after)
