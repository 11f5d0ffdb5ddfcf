"""How leads and deals move on: leads, stages, the path of a cohort, campaigns, what a stage costs."""

from __future__ import annotations

from data_quality.expectations import between, no_rows
from data_quality.model import Suite
from data_quality.suites.marts.leaving import (
    LATEST,
    MANY,
    adds_up_to_the_kpi,
    leaving,
    sums_are_the_kpis,
)

_COUNTS_MAKE_THE_RATE = no_rows(
    "counts_make_the_rate",
    """
    select cohort_month, stage_key, entered_count, converted_count, conversion_rate
    from {batch}
    where entered_count is distinct from converted_count + in_stage_count + left_count
        or least(converted_count, in_stage_count, left_count, skipped_count) < 0
        or skipped_count > converted_count
        or abs(coalesce(conversion_rate, 0) * entered_count - converted_count) > 0.000001
    """,
    why="every deal that entered has moved on, waits or left, and the rate is made of them",
)
_COHORTS_HAVE_BEGUN = no_rows(
    "cohorts_have_begun",
    f"select cohort_month, stage_key from {{batch}} where cohort_month > {LATEST} + interval 1 day",
    why="nobody has entered a stage tomorrow",
)
# Few are forgiven: a stage that an administrator deleted may have lost its history.
_OPEN_DEALS_ENTERED_THEIR_STAGE = no_rows(
    "open_deals_entered_their_stage",
    """
    select open_deals, never_entered, counted_twice
    from (
        select sum(deals.open_deals) as open_deals,
            sum(greatest(deals.open_deals - coalesce(stages.entered, 0), 0)) as never_entered,
            sum(greatest(stages.waiting - coalesce(deals.open_deals, 0), 0)) as counted_twice
        from (
            select stage_key, count(*) as open_deals
            from publish.pub_opportunities where not is_closed group by stage_key
        ) as deals
        full outer join (
            select stage_key, sum(in_stage_count) as waiting, sum(entered_count) as entered
            from {batch} group by stage_key
        ) as stages on deals.stage_key = stages.stage_key
    ) as compared
    where coalesce(never_entered, 0) + coalesce(counted_twice, 0)
        > greatest(5, 0.1 * coalesce(open_deals, 0))
    """,
    why="a deal stands in a stage because it entered it, once",
)
_MONTHS_ADD_UP = no_rows(
    "months_add_up",
    """
    select stage_key
    from {batch}
    where period_grain in ('month', 'all')
    group by stage_key
    having sum(case when period_grain = 'month' then completed_count else -completed_count end)
            <> 0
        or sum(case when period_grain = 'month' then open_count else -open_count end) <> 0
    """,
    why="every stay in a stage began in one month",
)
_QUALIFIED_AFTERWARDS = no_rows(
    "qualified_afterwards",
    f"""
    select qualified, before_lead
    from (
        select count(*) filter (where is_qualified) as qualified,
            count(*) filter (where days_to_qualification < 0) as before_lead
        from {{batch}}
    ) as counted
    where qualified >= {MANY} and before_lead > 0.1 * qualified
    """,
    why="most people who were qualified before they were leads have a wrong date on one side",
    severity="warning",
)
_LEADS_ARE_OF_THE_PAST = no_rows(
    "leads_are_of_the_past",
    f"select person_key, lead_at from {{batch}} where lead_at > {LATEST} + interval 1 day",
    why="a lead of tomorrow is missing from today's numbers",
    severity="warning",
)

_NOBODY_GETS_LOST_ON_THE_PATH = no_rows(
    "nobody_gets_lost_on_the_path",
    """
    select cohort_month, path_key, stage_key, entered_count, passed_count, bought_count
    from {batch}
    where entered_count is distinct from passed_count + inside_count + left_count
        or least(passed_count, inside_count, left_count, skipped_count, bought_count) < 0
        or bought_count > entered_count or skipped_count > entered_count
        or abs(coalesce(pass_rate, 0) * entered_count - passed_count) > 0.000001
    """,
    why="who entered a stage has passed it, is in it or has left",
)
_PROSPECTS_ARE_THE_LEADS = sums_are_the_kpis(
    ("sum(entered_count)", "leads_created"),
    grains=("month",),
    rows="""(
        select 'month' as period_grain, cohort_month as period_start, entered_count
        from {batch} where path_key = 'leads' and stage_key = 'lead'
    )""",
)
_ONE_BOTTLENECK_EACH = no_rows(
    "one_bottleneck_each",
    """
    select quarter_start, count(*) as stages, max(cost_rank) as last_rank,
        count(*) filter (where is_bottleneck) as bottlenecks
    from {batch}
    group by quarter_start
    having min(cost_rank) <> 1 or max(cost_rank) <> count(*)
        or count(distinct cost_rank) <> count(*)
        or count(*) filter (where is_bottleneck)
            > count(distinct pipeline_key) filter (where cost_amount > 0)
        or count(*) filter (where is_bottleneck and coalesce(cost_amount, 0) <= 0) > 0
    """,
    why="one stage of a pipeline is the narrowest, and the ranks say which comes next",
)
_COSTS_ARE_OF_THE_PIPELINE = no_rows(
    "costs_are_of_the_pipeline",
    """
    select told.quarter_start, told.stage_key, told.won_amount, kpi.value, told.cost_amount
    from {batch} as told
    left join publish.pub_kpi_values as kpi
        on kpi.kpi_id = 'sales_amount' and kpi.dimension = 'pipeline'
        and kpi.period_grain = 'quarter' and told.quarter_start = kpi.period_start
        and told.pipeline_key = kpi.dimension_key
    where coalesce(told.won_amount, 0) <> coalesce(kpi.value, 0)
        or told.cost_amount is distinct
            from greatest(told.conversion_cost_amount, told.duration_cost_amount)
        or told.conversion_cost_amount < 0
    """,
    why="what a stage costs is a part of what its pipeline sells",
)
# The whole, as neither a lead without a campaign nor a deal without a channel is in every part.
_CAMPAIGNS_AND_THE_WHOLE = sums_are_the_kpis(
    ("sum(spend_base)", "campaign_roi", "denominator"),
    ("sum(lead_count)", "leads_created"),
    ("sum(won_count)", "deals_won"),
    ("sum(won_amount)", "sales_amount"),
    ("sum(new_customer_count)", "new_customers"),
    where="dimension = 'total'",
)
_NO_CAMPAIGN_WON_MORE_THAN_ALL = no_rows(
    "no_campaign_won_more_than_all",
    """
    select period_grain, period_start,
        sum(case when dimension = 'campaign' then attributed_won_count end) as campaigns,
        max(case when dimension = 'total' then attributed_won_count end) as total
    from {batch}
    group by period_grain, period_start
    having coalesce(sum(case when dimension = 'campaign' then attributed_won_count end), 0)
            > coalesce(max(case when dimension = 'total' then attributed_won_count end), 0)
        or coalesce(sum(case when dimension = 'campaign' then spend_base end), 0)
            > coalesce(max(case when dimension = 'total' then spend_base end), 0)
    """,
    why="a deal is won by one campaign, and what is spent is spent once",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_leads",
        key=("person_key",),
        of="core.fct_leads",
        why="marketing and sales settle their disputes on this list",
        also=(
            adds_up_to_the_kpi("leads_created", "1", day="lead_on", counted="true"),
            _QUALIFIED_AFTERWARDS,
            _LEADS_ARE_OF_THE_PAST,
        ),
    ),
    leaving(
        "pub_stage_conversion",
        key=("cohort_month", "stage_key"),
        of="funnel.fct_stage_conversion",
        sums=("entered_count", "converted_count"),
        why="it says in which stage deals are lost",
        also=(_COUNTS_MAKE_THE_RATE, _COHORTS_HAVE_BEGUN, _OPEN_DEALS_ENTERED_THEIR_STAGE),
    ),
    leaving(
        "pub_time_in_stage",
        key=("period_grain", "period_start", "stage_key"),
        of="funnel.fct_time_in_stage",
        sums=("completed_count", "open_count"),
        why="it says in which stage deals wait",
        also=(
            _MONTHS_ADD_UP,
            between("mean_days", 0, 3650, why="no stage takes ten years", severity="warning"),
        ),
    ),
    leaving(
        "pub_presale",
        key=("path_key", "cohort_month", "lead_source", "owner_key", "stage_key"),
        of="reports.fct_presale",
        sums=("entered_count", "passed_count"),
        why="it says where the prospects of a month have gone",
        also=(_NOBODY_GETS_LOST_ON_THE_PATH, _PROSPECTS_ARE_THE_LEADS),
    ),
    leaving(
        "pub_bottlenecks",
        key=("quarter_start", "stage_key"),
        of="reports.fct_bottlenecks",
        sums=("cost_amount",),
        why="it puts a price on a slow stage, and the price decides what is mended first",
        also=(_ONE_BOTTLENECK_EACH, _COSTS_ARE_OF_THE_PIPELINE),
    ),
    leaving(
        "pub_campaign_effectiveness",
        key=("period_grain", "period_start", "dimension", "dimension_key"),
        of="reports.fct_campaign_effectiveness",
        sums=("spend_base", "won_amount"),
        why="next year's budget is dealt out by it",
        also=(_CAMPAIGNS_AND_THE_WHOLE, _NO_CAMPAIGN_WON_MORE_THAN_ALL),
    ),
)
