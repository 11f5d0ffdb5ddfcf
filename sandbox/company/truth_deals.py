"""The golden numbers of deals: won and lost, open at the end of a period, on from stage to stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sandbox.company.dates import business_day, midnight
from sandbox.company.model import Deal, Organisation, Pipeline, Stage
from sandbox.company.tally import Period, Tally, periods_of

_SECOND = timedelta(seconds=1)
_LOSS_THAT_IS_NONE = "duplicate"


class Converter(Protocol):
    def base(self, amount: Decimal, currency: str, day: date) -> Decimal: ...


@dataclass(frozen=True)
class CountedDeal:
    company_key: int
    person_keys: tuple[int, ...]
    closed_on: date | None
    is_won: bool
    deal: Deal


@dataclass(frozen=True)
class _Entry:
    at: datetime
    stage: Stage


class Deals:
    """Counts deals one by one. `sold` is what each owner won in each month."""

    def __init__(
        self,
        org: Organisation,
        rates: Converter,
        tally: Tally,
        periods: list[Period],
        at: datetime,
    ) -> None:
        self.sold: dict[tuple[int, date], Decimal] = {}
        self._rates = rates
        self._tally = tally
        self._at = at
        self._pipelines = {pipeline.key: pipeline for pipeline in org.pipelines}
        self._stages = {
            pipeline.key: {stage.vendor_id: stage for stage in pipeline.stages}
            for pipeline in org.pipelines
        }
        self._names = {rep.key: f"{rep.first_name} {rep.last_name}" for rep in org.reps}
        ends: dict[datetime, list[Period]] = {}
        for period in periods:
            ends.setdefault(min(midnight(period.end), at), []).append(period)
        self._ends = sorted(ends.items())

    def count(self, deal: Deal) -> CountedDeal:
        """Adds the deal to every KPI it belongs to. A loss marked duplicate belongs to none."""
        stages = self._stages[deal.pipeline_key]
        entries = [_Entry(at, stages[name]) for at, name in deal.stage.until(self._at)]
        last = entries[-1]
        is_lost = last.stage.is_closed and not last.stage.is_won
        closed_on = business_day(last.at) if last.stage.is_closed else None
        counted = CountedDeal(
            deal.company_key, deal.person_keys, closed_on, last.stage.is_won, deal
        )
        if is_lost and deal.loss_reason == _LOSS_THAT_IS_NONE:
            return counted
        if closed_on is not None:
            self._count_closed(deal, last, closed_on)
        self._count_open(deal, entries)
        self._count_stages(self._pipelines[deal.pipeline_key], entries)
        return counted

    def _count_closed(self, deal: Deal, last: _Entry, closed_on: date) -> None:
        periods = periods_of(closed_on)
        owner = deal.owner.at(last.at)
        if owner is None:
            raise ValueError(f"deal {deal.key} was closed by nobody")
        places = (
            ("owner", self._names[owner]),
            ("pipeline", self._pipelines[deal.pipeline_key].label),
            ("deal_type", deal.deal_type),
        )
        won = int(last.stage.is_won)
        self._tally.add("win_rate", periods, places, numerator=won, denominator=1)
        if not won:
            return
        self._tally.add("deals_won", periods, places, numerator=1)
        amount = deal.amount.at(self._at)
        base = Decimal("0.00")
        if amount is not None:
            base = self._rates.base(amount, deal.currency, closed_on)
        known = int(amount is not None)
        self._tally.add("sales_amount", periods, places, numerator=base, n=known)
        month = (owner, closed_on.replace(day=1))
        self.sold[month] = self.sold.get(month, Decimal(0)) + base
        if amount is not None and amount > 0:
            self._tally.add("average_deal_size", periods, numerator=base, denominator=1)
        days = (closed_on - business_day(deal.created_at)).days
        if days >= 0:
            self._tally.add("sales_cycle_days", periods, numerator=days, denominator=1)
            self._tally.add_duration(periods, days)

    def _count_open(self, deal: Deal, entries: list[_Entry]) -> None:
        """Periods at whose end, or at the clock, the deal was open; with its amount of then."""
        for end, periods in self._ends:
            before = end - _SECOND
            if entries[0].at > before:
                continue
            stage = next(entry.stage for entry in reversed(entries) if entry.at <= before)
            if stage.is_closed:
                if stage is entries[-1].stage and entries[-1].at <= before:
                    return
                continue
            amount = deal.amount.at(before)
            base = Decimal("0.00")
            if amount is not None:
                base = self._rates.base(amount, deal.currency, business_day(before))
            self._tally.add("open_pipeline_count", periods, numerator=1)
            known = int(amount is not None)
            self._tally.add("open_pipeline", periods, numerator=base, n=known)

    def _count_stages(self, pipeline: Pipeline, entries: list[_Entry]) -> None:
        """First entries into open stages, and whether a later one went further.

        A listed stage that was jumped over counts as entered, and as left, at the jump.
        """
        entered: dict[str, tuple[datetime, bool]] = {}
        for position, entry in enumerate(entries):
            came_from = entries[position - 1].stage if position else None
            for skipped in self._jumped_over(pipeline, came_from, entry.stage):
                entered.setdefault(skipped.vendor_id, (entry.at, True))
            if not entry.stage.is_closed and entry.stage.vendor_id not in entered:
                later = [each.stage for each in entries[position + 1 :]]
                moved_on = any(self._is_further(entry.stage, stage) for stage in later)
                entered[entry.stage.vendor_id] = (entry.at, moved_on)
        for vendor_id, (at, moved_on) in entered.items():
            stage = self._stages[pipeline.key][vendor_id]
            name = stage.label.at(self._at) if self._is_listed(stage) else vendor_id
            self._tally.add(
                "stage_conversion_cohort",
                periods_of(business_day(at)),
                (("stage", f"{pipeline.label}: {name}"),),
                numerator=int(moved_on),
                denominator=1,
            )

    def _jumped_over(self, pipeline: Pipeline, came_from: Stage | None, to: Stage) -> list[Stage]:
        if (to.is_closed and not to.is_won) or not self._is_listed(to):
            return []
        if came_from is not None and not self._is_listed(came_from):
            return []
        return [
            stage
            for stage in pipeline.stages
            if not stage.is_closed
            and self._is_listed(stage)
            and stage.order < to.order
            and (came_from is None or stage.order > came_from.order)
        ]

    def _is_further(self, stage: Stage, later: Stage) -> bool:
        """A stage that is no longer listed has lost its place: from there any other one is further."""
        if later.is_closed and not later.is_won:
            return False
        if later.is_won:
            return True
        if not self._is_listed(stage):
            return later is not stage
        return self._is_listed(later) and later.order > stage.order

    def _is_listed(self, stage: Stage) -> bool:
        return stage.deleted_at is None or stage.deleted_at > self._at
