"""The golden numbers: every KPI as a right warehouse would give it, from the company's own objects.

It reads what the CRMs can show at the clock, and nothing else of the story: no deleted record,
nobody's merged-away double, nothing internal. It shares no code with the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sandbox.company.dates import STORY_START, business_day
from sandbox.company.model import Life, Organisation
from sandbox.company.tally import Kpi, Period, Tally, TruthRow, periods_of, spine
from sandbox.company.truth_deals import CountedDeal, Deals
from sandbox.company.truth_people import count_people
from sandbox.company.truth_retention import count_retention
from sandbox.company.truth_targets import asked
from sandbox.company.visible import Visible

_KPIS = (
    Kpi("deals_won", "sum"),
    Kpi("sales_amount", "sum"),
    Kpi("win_rate", "ratio"),
    Kpi("average_deal_size", "ratio"),
    Kpi("sales_cycle_days", "ratio"),
    Kpi("open_pipeline_count", "sum"),
    Kpi("open_pipeline", "sum"),
    Kpi("leads_created", "sum"),
    Kpi("lead_conversion_rate_cohort", "ratio"),
    Kpi("qualified_lead_rate", "ratio"),
    Kpi("stage_conversion_cohort", "ratio"),
    Kpi("activities_completed", "sum"),
    Kpi("attainment", "ratio"),
    Kpi("retention_rate", "ratio"),
    Kpi("churn_rate", "ratio"),
    Kpi("repeat_customer_rate", "ratio"),
    Kpi("csat", "ratio"),
)
_PERCENTILES = (
    ("sales_cycle_days_median", Fraction(1, 2)),
    ("sales_cycle_days_p75", Fraction(3, 4)),
    ("sales_cycle_days_p90", Fraction(9, 10)),
)


class Rates:
    """What one unit of a currency is worth in the reporting currency, by day."""

    def __init__(self, org: Organisation) -> None:
        self._rates: dict[str, list[tuple[date, Decimal]]] = {}
        for rate in org.rates:
            worth = (1 / rate.units_per_usd).quantize(Decimal("1e-8"), ROUND_HALF_UP)
            self._rates.setdefault(rate.currency, []).append((rate.starts_on, worth))
        self._known: dict[tuple[str, date], Decimal] = {}

    def of(self, currency: str, day: date) -> Decimal:
        month = day.replace(day=1)
        known = self._known.get((currency, month))
        if known is None:
            known = Decimal(1)
            if currency != "USD":
                known = [worth for start, worth in self._rates[currency] if start <= day][-1]
            self._known[currency, month] = known
        return known

    def base(self, amount: Decimal, currency: str, day: date) -> Decimal:
        return (amount * self.of(currency, day)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def truth_rows(org: Organisation, lives: Iterable[Life], at: datetime) -> list[TruthRow]:
    """One walk over the lives; what is kept of each of them is sums."""
    tally = Tally()
    rates = Rates(org)
    first = business_day(STORY_START)
    periods = spine(first, business_day(at))
    deals = Deals(org, rates, tally, periods, at)
    names = {rep.key: f"{rep.first_name} {rep.last_name}" for rep in org.reps}
    for life in lives:
        view = Visible(life, at)
        counted = [
            replace(
                deals.count(deal),
                company_key=view.same(deal.company_key),
                person_keys=tuple(view.same(key) for key in deal.person_keys),
            )
            for deal in view.deals()
        ]
        won = [deal for deal in counted if deal.is_won and deal.closed_on]
        count_people(view, won, tally)
        _count_activities(view, names, tally)
        _count_repeats(won, tally)
        count_retention(view, won, periods, tally)
    _count_attainment(org, deals, rates, names=names, tally=tally, at=at)
    return list(_rows(tally, periods))


def _rows(tally: Tally, periods: list[Period]) -> Iterator[TruthRow]:
    yield from tally.rows(_KPIS, periods)
    for kpi_id, share in _PERCENTILES:
        yield from tally.percentile_rows(kpi_id, share, periods)


def _count_activities(view: Visible, names: dict[int, str], tally: Tally) -> None:
    for activity in view.done_activities():
        if activity.completed_at is None:
            continue
        places = (("owner", names[activity.owner_key]), ("activity_type", activity.kind))
        day = business_day(activity.completed_at)
        tally.add("activities_completed", periods_of(day), places, numerator=1)


def _count_repeats(won: list[CountedDeal], tally: Tally) -> None:
    """Buying accounts of a period, and those of them that had bought before it began."""
    bought: dict[int, list[date]] = {}
    for deal in won:
        if deal.closed_on:
            bought.setdefault(deal.company_key, []).append(deal.closed_on)
    for days in bought.values():
        first = min(days)
        for period in {period for day in days for period in periods_of(day)}:
            again = int(first < period.start)
            tally.add("repeat_customer_rate", (period,), numerator=again, denominator=1)


def _count_attainment(
    org: Organisation,
    deals: Deals,
    rates: Rates,
    *,
    names: dict[int, str],
    tally: Tally,
    at: datetime,
) -> None:
    """Months with a target only: what a rep sells in a month without one is in no attainment."""
    teams = {team.key: team.country for team in org.teams}
    countries = {rep.key: teams[rep.team_key] for rep in org.reps}
    for target in org.targets:
        if target.amount.at(at) is None or (target.deleted_at and target.deleted_at <= at):
            continue
        tally.add(
            "attainment",
            periods_of(target.month),
            (("owner", names[target.rep_key]),),
            numerator=deals.sold.get((target.rep_key, target.month), Decimal(0)),
            denominator=asked(target, at, rates, countries[target.rep_key]),
        )
