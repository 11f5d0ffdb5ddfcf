"""Sellers and teams side by side: people are paid by these numbers."""

from __future__ import annotations

from data_quality.expectations import between, no_rows
from data_quality.model import Expectation, Suite
from data_quality.suites.marts.leaving import is_what_the_kpis_say, leaving

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


# Equals share a rank, and the next one is as many further on.
_RANKS_RUN_FROM_THE_FIRST = no_rows(
    "ranks_run_from_the_first",
    """
    select period_grain, period_start, min(owner_key) as owner_key, min(company_rank) as first_rank,
        max(company_rank) as last_rank, count(*) as peers
    from {batch}
    group by period_grain, period_start, kpi_id
    having min(company_rank) <> 1 or max(company_rank) > count(*)
        or min(company_peer_count) <> count(*) or max(company_peer_count) <> count(*)
        or min(company_percentile) < 0 or max(company_percentile) > 1
        or max(team_rank) > max(company_rank) or max(team_peer_count) > count(*)
    """,
    why="a ranking without a first, or with more places than people, is laughed at",
)
_THE_BETTER_IS_AHEAD = no_rows(
    "the_better_is_ahead",
    """
    select period_grain, period_start, owner_key, value, value_ahead, company_rank, rank_ahead
    from (
        select period_grain, period_start, owner_key, better, value, company_rank,
            lag(value) over ahead as value_ahead, lag(company_rank) over ahead as rank_ahead
        from {batch}
        window ahead as (
            partition by period_grain, period_start, kpi_id order by company_rank, owner_key
        )
    ) as ranked
    where better = 'down' and value < value_ahead or better <> 'down' and value > value_ahead
        or (value = value_ahead) <> (company_rank = rank_ahead)
    """,
    why="nobody is ahead of a better one, and equals are equal",
)
_IS_THE_OWNERS_PERFORMANCE = no_rows(
    "is_the_owners_performance",
    """
    select card.owner_key, card.period_grain, card.period_start,
        card.sales_amount, listed.sales_amount as listed_amount
    from {batch} as card
    left join publish.pub_owner_performance as listed
        on card.owner_key = listed.owner_key
        and card.period_grain = listed.period_grain and card.period_start = listed.period_start
    where card.won_count is distinct from listed.won_count
        or card.sales_amount is distinct from listed.sales_amount
        or card.target_amount is distinct from listed.target_amount
        or card.attainment is distinct from listed.attainment
    """,
    why="a rep and the manager look at two pages and must see one number",
)
_EVERYONE_WHO_IS_RANKED_HAS_A_CARD = no_rows(
    "everyone_who_is_ranked_has_a_card",
    """
    select ranked.owner_key, ranked.period_grain, ranked.period_start,
        ranked.sales_rank, card.sales_company_rank
    from (
        select owner_key, period_grain, period_start,
            max(case when kpi_id = 'sales_amount' then company_rank end) as sales_rank
        from publish.pub_rep_ranking group by owner_key, period_grain, period_start
    ) as ranked
    full outer join {batch} as card
        on ranked.owner_key = card.owner_key
        and ranked.period_grain = card.period_grain and ranked.period_start = card.period_start
    where ranked.owner_key is null or card.owner_key is null
        or ranked.sales_rank is distinct from card.sales_company_rank
    """,
    why="the card says where in the ranking its owner stands",
)
_NOTHING_IS_BEST_AND_WEAKEST = no_rows(
    "nothing_is_best_and_weakest",
    """
    select owner_key, period_grain, period_start, strength_1_percentile, weakness_1_percentile
    from {batch}
    where weakness_1_kpi_id in (strength_1_kpi_id, strength_2_kpi_id)
        or weakness_2_kpi_id in (strength_1_kpi_id, strength_2_kpi_id)
        or strength_1_percentile < strength_2_percentile
        or strength_1_percentile < 0.5 or weakness_1_percentile > strength_1_percentile
    """,
    why="praise and advice for the same thing on one page",
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
    leaving(
        "pub_rep_ranking",
        key=("owner_key", "period_grain", "period_start", "kpi_id"),
        of="reports.fct_rep_ranking",
        why="people look for their own name first",
        also=(
            is_what_the_kpis_say(
                "owner_key",
                "period_grain",
                "period_start",
                dimension="'owner'",
                key="told.owner_key",
            ),
            _RANKS_RUN_FROM_THE_FIRST,
            _THE_BETTER_IS_AHEAD,
            between("team_percentile", 0, 1, why="a share of the team"),
        ),
    ),
    leaving(
        "pub_rep_scorecard",
        key=("owner_key", "period_grain", "period_start"),
        of="reports.fct_rep_scorecard",
        sums=("sales_amount",),
        why="the page that a rep and the manager talk about",
        also=(
            _IS_THE_OWNERS_PERFORMANCE,
            _EVERYONE_WHO_IS_RANKED_HAS_A_CARD,
            _NOTHING_IS_BEST_AND_WEAKEST,
        ),
    ),
)
