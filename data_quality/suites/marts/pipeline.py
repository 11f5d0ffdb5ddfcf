"""The open pipeline: as it stood at the end of each period, and how it came to the next."""

from __future__ import annotations

from data_quality.expectations import no_rows
from data_quality.model import Suite
from data_quality.suites.marts.leaving import AS_OF, leaving

# The list is as of the run's instant, the deals as of the pull: what changed since is left aside.
_TODAY_IS_THE_OPEN_DEALS = no_rows(
    "today_is_the_open_deals",
    f"""
    with later as (
        select opportunity_key from core.fct_opportunity_versions where valid_from >= {AS_OF}
    )
    select open_deals, not_listed, listed_otherwise, not_open
    from (
        select count(deals.opportunity_key) as open_deals,
            count(*) filter (where listed.opportunity_key is null) as not_listed,
            count(*) filter (where deals.opportunity_key is null) as not_open,
            count(*) filter (where deals.amount is distinct from listed.amount
                and deals.opportunity_key is not null and listed.opportunity_key is not null
            ) as listed_otherwise
        from (
            select opportunity_key, amount from publish.pub_opportunities
            where not is_closed and opportunity_key not in (select opportunity_key from later)
        ) as deals
        full outer join (
            select opportunity_key, amount from {{batch}}
            where period_grain = 'month' and period_start = (
                select max(period_start) from publish.pub_periods where period_grain = 'month'
            )
                and opportunity_key not in (select opportunity_key from later)
        ) as listed on deals.opportunity_key = listed.opportunity_key
    ) as compared
    where not_listed + listed_otherwise + not_open > greatest(5, 0.05 * open_deals)
    """,
    why="history that does not end at today's deals is the history of something else",
)
_FLOWS_LEAD_FROM_START_TO_END = no_rows(
    "flows_lead_from_start_to_end",
    """
    select period_grain, period_start, dimension_key, start_amount, end_amount
    from {batch}
    where start_amount + fx_amount + new_amount + reopened_amount + moved_in_amount
            + increased_amount - decreased_amount - moved_out_amount - won_amount - lost_amount
            - deleted_amount is distinct from end_amount
        or start_count + new_count + reopened_count + moved_in_count
            - moved_out_count - won_count - lost_count - deleted_count is distinct from end_count
    """,
    why="a waterfall that does not close, be it by a cent, explains nothing",
)
_TEAMS_ADD_UP = no_rows(
    "teams_add_up_to_the_total",
    """
    select period_grain, period_start,
        sum(case when dimension = 'team' then end_amount else 0 end) as teams_amount,
        sum(case when dimension = 'total' then end_amount else 0 end) as total_amount
    from {batch}
    group by period_grain, period_start
    having sum(case when dimension = 'team' then end_amount else -end_amount end) <> 0
        or sum(case when dimension = 'team' then won_amount else -won_amount end) <> 0
        or sum(case when dimension = 'team' then end_count else -end_count end) <> 0
        or sum(case when dimension = 'team' then won_count else -won_count end) <> 0
    """,
    why="each team's manager reads one row, their manager reads the sum",
)
_ENDS_AT_THE_OPEN_PIPELINE = no_rows(
    "ends_at_the_open_pipeline",
    """
    select flows.period_grain, flows.period_start, flows.end_amount, kpi.value
    from {batch} as flows
    left join publish.pub_kpi_values as kpi
        on kpi.kpi_id = 'open_pipeline' and kpi.dimension = 'total'
        and flows.period_grain = kpi.period_grain and flows.period_start = kpi.period_start
    where flows.dimension = 'total'
        and flows.end_amount - flows.since_deleted_amount is distinct from kpi.value
    """,
    why="the chart and the figure above it are read together",
)
_DAYS_FOLLOW_EACH_OTHER = no_rows(
    "days_follow_each_other",
    """
    select opportunity_key, valid_from_on, previous_to_on
    from (
        select opportunity_key, valid_from_on,
            lag(valid_to_on) over (partition by opportunity_key order by valid_from_on)
                as previous_to_on
        from {batch}
    ) as chained
    where valid_from_on <> previous_to_on + 1
    """,
    why="a deal that is twice in a day, or in none, makes that day's pipeline wrong",
)
_A_DAY_IS_THE_OPEN_PIPELINE = no_rows(
    "a_day_is_the_open_pipeline",
    """
    select listed.date_day, listed.amount_base, kpi.value
    from (
        select date_day, coalesce(sum(amount_base), 0) as amount_base
        from {batch} where not is_deleted_since group by date_day
    ) as listed
    inner join publish.pub_kpi_values as kpi
        on kpi.kpi_id = 'open_pipeline' and kpi.dimension = 'total' and kpi.period_grain = 'day'
        and listed.date_day = kpi.period_start
    where listed.amount_base <> kpi.value
    """,
    why="whoever counts the deals of a day by hand must find the figure",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_pipeline_as_of",
        key=("period_grain", "period_start", "opportunity_key"),
        of="funnel.fct_pipeline_as_of",
        sums=("amount_base",),
        why="forecasts compare today's pipeline with the same day of other quarters",
        also=(_TODAY_IS_THE_OPEN_DEALS,),
    ),
    leaving(
        "pub_pipeline_waterfall",
        key=("period_grain", "period_start", "dimension", "dimension_key"),
        of="funnel.fct_pipeline_waterfall",
        sums=("start_amount", "end_amount"),
        why="it says where the pipeline went, which is asked every Monday",
        also=(_FLOWS_LEAD_FROM_START_TO_END, _TEAMS_ADD_UP, _ENDS_AT_THE_OPEN_PIPELINE),
    ),
    leaving(
        "pub_pipeline_intervals",
        key=("opportunity_key", "valid_from_on"),
        of="funnel.fct_pipeline_intervals",
        sums=("amount",),
        why="every past day of the pipeline is read out of it",
        also=(_DAYS_FOLLOW_EACH_OTHER,),
    ),
    leaving(
        "pub_pipeline_daily",
        key=("date_day", "opportunity_key"),
        of="""(
            select * from funnel.fct_pipeline_daily
            where date_day >= (select min(date_day) from publish.pub_pipeline_daily)
        ) as days""",
        sums=("amount_base",),
        why="it shows the pipeline of a day deal by deal, which is how a figure is questioned",
        also=(_A_DAY_IS_THE_OPEN_PIPELINE,),
    ),
)
