"""Sellers and teams side by side: people are paid by these numbers."""

from __future__ import annotations

from data_quality.expectations import no_rows
from data_quality.model import Expectation, Suite
from data_quality.suites.marts.leaving import leaving

# Sums are exact, so that a seller who is missing from the list is missed.
_ADD_UP_TO_THE_KPIS = no_rows(
    "adds_up_to_the_kpis",
    """
    select coalesce(sellers.period_grain, kpi.period_grain) as period_grain,
        coalesce(sellers.period_start, kpi.period_start) as period_start,
        sellers.won_count, kpi.won_count as kpi_won_count,
        sellers.sales_amount, kpi.sales_amount as kpi_sales_amount
    from (
        select period_grain, period_start, sum(won_count) as won_count,
            sum(sales_amount) as sales_amount, sum(open_pipeline_amount) as open_pipeline_amount
        from {batch} group by period_grain, period_start
    ) as sellers
    full outer join (
        select period_grain, period_start,
            sum(case when kpi_id = 'deals_won' then value end) as won_count,
            sum(case when kpi_id = 'sales_amount' then value end) as sales_amount,
            sum(case when kpi_id = 'open_pipeline' then value end) as open_pipeline_amount
        from publish.pub_kpi_values
        where dimension = 'total' and kpi_id in ('deals_won', 'sales_amount', 'open_pipeline')
        group by period_grain, period_start
    ) as kpi
        on sellers.period_grain = kpi.period_grain and sellers.period_start = kpi.period_start
    where coalesce(sellers.won_count, 0) <> coalesce(kpi.won_count, 0)
        or coalesce(sellers.sales_amount, 0) <> coalesce(kpi.sales_amount, 0)
        or coalesce(sellers.open_pipeline_amount, 0) <> coalesce(kpi.open_pipeline_amount, 0)
    """,
    why="the rows of a ranking add up to what the company sold, no more and no less",
)


def _rates_are_their_parts(key: str) -> Expectation:
    query = f"""
        select {key}, period_grain, period_start, won_count, lost_count, win_rate, attainment
        from {{batch}}
        where won_count < 0 or lost_count < 0
            or abs(win_rate * (won_count + lost_count) - won_count) > 0.000001
            or win_rate is null and won_count + lost_count > 0
            or abs(attainment * target_amount - targeted_sales_amount) > 0.01
    """
    why = "who reads a rate finds its parts in the same row"
    return no_rows("rates_are_their_parts", query, why=why)


def _attainment_is_plausible(key: str) -> Expectation:
    query = f"""
        select {key}, period_start, target_amount, attainment from {{batch}}
        where period_grain = 'quarter' and is_complete and attainment > 20
    """
    why = "a quarter at twenty times its target has a target in the wrong unit or currency"
    return no_rows("attainment_is_plausible", query, why=why, severity="warning")


def _performance(table: str, *, of: str, key: str, why: str) -> Suite:
    return leaving(
        table,
        key=(key, "period_grain", "period_start"),
        of=of,
        sums=("sales_amount", "target_amount"),
        why=why,
        also=(_ADD_UP_TO_THE_KPIS, _rates_are_their_parts(key), _attainment_is_plausible(key)),
    )


SUITES: tuple[Suite, ...] = (
    _performance(
        "pub_owner_performance",
        of="performance.fct_owner_performance",
        key="owner_key",
        why="sellers compare it with their own list, deal by deal",
    ),
    _performance(
        "pub_team_performance",
        of="performance.fct_team_performance",
        key="team_key",
        why="managers answer for these rows",
    ),
)
