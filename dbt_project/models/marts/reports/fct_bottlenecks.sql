-- What a stage costs: what its pipeline would have sold more in the quarter, had the stage done as
-- well as in its own best quarter and everything else stayed as it was.
with recursive kpi_funnel as (
    select * from {{ ref('kpi_funnel') }}
    where period_grain = 'quarter' and dimension = 'stage'
),

kpi_sales as (
    select * from {{ ref('kpi_sales') }}
    where period_grain = 'quarter' and dimension = 'pipeline'
),

stages as (
    select * from {{ ref('dim_stage') }}
    -- A closed stage, or one whose place nobody knows, is no step of a path.
    where not is_closed and stage_order is not null and pipeline_key is not null
),

quarters as (
    select
        period_start as quarter_start,
        is_complete
    from {{ ref('dim_period') }}
    where period_grain = 'quarter'
),

-- Counted from the end: the last open stage is 1.
steps as (
    select
        stage_key,
        pipeline_key,
        row_number() over (
            partition by pipeline_key order by stage_order desc, stage_key desc
        ) as steps_to_go
    from stages
),

conversions as (
    select
        period_start as quarter_start,
        dimension_key as stage_key,
        denominator as entered_count,
        numerator as passed_count,
        value as conversion_rate,
        is_mature
    from kpi_funnel
    where kpi_id = 'stage_conversion_cohort' and denominator > 0
),

durations as (
    select
        period_start as quarter_start,
        dimension_key as stage_key,
        value as median_days,
        n as stay_count
    from kpi_funnel
    where kpi_id = 'days_in_stage_median' and n > 0
),

-- Only quarters in which enough happened, and that are over, tell how good a stage can be.
best_conversions as (
    select
        conversions.stage_key,
        conversions.quarter_start,
        conversions.conversion_rate,
        row_number() over (
            partition by conversions.stage_key
            order by conversions.conversion_rate desc, conversions.quarter_start asc
        ) as choice
    from conversions
    inner join quarters on conversions.quarter_start = quarters.quarter_start
    where
        quarters.is_complete
        and conversions.is_mature
        and conversions.entered_count >= {{ var('bottleneck_min_deals') }}
),

best_durations as (
    select
        durations.stage_key,
        durations.quarter_start,
        durations.median_days,
        row_number() over (
            partition by durations.stage_key
            order by durations.median_days asc, durations.quarter_start asc
        ) as choice
    from durations
    inner join quarters on durations.quarter_start = quarters.quarter_start
    where
        quarters.is_complete
        and durations.stay_count >= {{ var('bottleneck_min_deals') }}
),

-- Of the cohorts that have had their time; where there is none yet, of all.
usual_conversions as (
    select
        stage_key,
        coalesce(
            {{ safe_divide(
                'sum(passed_count) filter (where is_mature)',
                'sum(entered_count) filter (where is_mature)'
            ) }},
            {{ safe_divide('sum(passed_count)', 'sum(entered_count)') }}
        ) as conversion_rate
    from conversions
    group by stage_key
),

usual_tickets as (
    select
        dimension_key as pipeline_key,
        {{ safe_divide('sum(numerator)', 'sum(denominator)') }} as average_ticket
    from kpi_sales
    where kpi_id = 'average_deal_size'
    group by dimension_key
),

-- The stage's rate of the quarter once it is mature, else its usual one; a stage that nobody ever
-- entered stops nobody.
step_rates as (
    select
        steps.pipeline_key,
        steps.stage_key,
        steps.steps_to_go,
        quarters.quarter_start,
        coalesce(
            case when conversions.is_mature then cast(conversions.conversion_rate as double) end,
            usual_conversions.conversion_rate,
            1
        ) as conversion_rate
    from steps
    cross join quarters
    left join conversions
        on
            steps.stage_key = conversions.stage_key
            and quarters.quarter_start = conversions.quarter_start
    left join usual_conversions on steps.stage_key = usual_conversions.stage_key
),

-- From the end of the path back: how many of those who pass a stage are won in the end.
win_rates as (
    select
        pipeline_key,
        stage_key,
        steps_to_go,
        quarter_start,
        conversion_rate,
        cast(1 as double) as later_rate
    from step_rates
    where steps_to_go = 1
    union all
    select
        step_rates.pipeline_key,
        step_rates.stage_key,
        step_rates.steps_to_go,
        step_rates.quarter_start,
        step_rates.conversion_rate,
        win_rates.later_rate * win_rates.conversion_rate as later_rate
    from win_rates
    inner join step_rates
        on
            win_rates.pipeline_key = step_rates.pipeline_key
            and win_rates.quarter_start = step_rates.quarter_start
            and step_rates.steps_to_go = win_rates.steps_to_go + 1
),

path_durations as (
    select
        steps.pipeline_key,
        durations.quarter_start,
        sum(durations.median_days) as path_days
    from durations
    inner join steps on durations.stage_key = steps.stage_key
    group by steps.pipeline_key, durations.quarter_start
),

measured as (
    select
        win_rates.quarter_start,
        win_rates.pipeline_key,
        win_rates.stage_key,
        cast(coalesce(conversions.entered_count, 0) as bigint) as entered_count,
        cast(conversions.conversion_rate as double) as conversion_rate,
        coalesce(conversions.is_mature, false) as is_mature,
        best_conversions.quarter_start as best_conversion_quarter,
        cast(best_conversions.conversion_rate as double) as best_conversion_rate,
        win_rates.later_rate,
        coalesce(cast(tickets.value as double), usual_tickets.average_ticket) as average_ticket,
        coalesce(durations.stay_count, 0) as stay_count,
        cast(durations.median_days as double) as median_days,
        best_durations.quarter_start as best_duration_quarter,
        cast(best_durations.median_days as double) as best_median_days,
        cast(path_durations.path_days as double) as path_days,
        cast(coalesce(sales.value, 0) as decimal(18, 2)) as won_amount
    from win_rates
    left join conversions
        on
            win_rates.stage_key = conversions.stage_key
            and win_rates.quarter_start = conversions.quarter_start
    left join best_conversions
        on win_rates.stage_key = best_conversions.stage_key and best_conversions.choice = 1
    left join durations
        on
            win_rates.stage_key = durations.stage_key
            and win_rates.quarter_start = durations.quarter_start
    left join best_durations
        on win_rates.stage_key = best_durations.stage_key and best_durations.choice = 1
    left join path_durations
        on
            win_rates.pipeline_key = path_durations.pipeline_key
            and win_rates.quarter_start = path_durations.quarter_start
    left join kpi_sales as tickets
        on
            win_rates.pipeline_key = tickets.dimension_key
            and win_rates.quarter_start = tickets.period_start
            and tickets.kpi_id = 'average_deal_size'
    left join kpi_sales as sales
        on
            win_rates.pipeline_key = sales.dimension_key
            and win_rates.quarter_start = sales.period_start
            and sales.kpi_id = 'sales_amount'
    left join usual_tickets on win_rates.pipeline_key = usual_tickets.pipeline_key
    -- A quarter in which nobody entered the stage or left it has nothing to say about it.
    where conversions.stage_key is not null or durations.stage_key is not null
),

gains as (
    select
        quarter_start,
        pipeline_key,
        stage_key,
        entered_count,
        conversion_rate,
        is_mature,
        best_conversion_quarter,
        best_conversion_rate,
        later_rate,
        average_ticket,
        stay_count,
        median_days,
        best_duration_quarter,
        best_median_days,
        path_days,
        won_amount,
        -- Who is still inside is not lost: a cohort that is not mature says nothing yet.
        case
            when is_mature and best_conversion_rate >= conversion_rate
                then entered_count * (best_conversion_rate - conversion_rate) * later_rate
            when is_mature and best_conversion_rate < conversion_rate then 0
        end as additional_won_deals,
        case
            when median_days >= best_median_days then median_days - best_median_days
            when median_days < best_median_days then 0
        end as slow_days
    from measured
),

costs as (
    select
        quarter_start,
        pipeline_key,
        stage_key,
        cast(round(additional_won_deals * average_ticket, 2) as decimal(18, 2))
            as conversion_cost_amount,
        cast(
            round(won_amount * {{ safe_divide('slow_days', 'path_days - slow_days') }}, 2)
            as decimal(18, 2)
        ) as duration_cost_amount
    from gains
),

ranked as (
    select
        quarter_start,
        pipeline_key,
        stage_key,
        conversion_cost_amount,
        duration_cost_amount,
        greatest(conversion_cost_amount, duration_cost_amount) as cost_amount,
        row_number() over (
            partition by quarter_start
            order by
                greatest(conversion_cost_amount, duration_cost_amount) desc nulls last,
                stage_key asc
        ) as cost_rank,
        row_number() over (
            partition by quarter_start, pipeline_key
            order by
                greatest(conversion_cost_amount, duration_cost_amount) desc nulls last,
                stage_key asc
        ) as pipeline_cost_rank
    from costs
)

select
    gains.quarter_start,
    quarters.is_complete,
    gains.pipeline_key,
    stages.pipeline_name,
    gains.stage_key,
    stages.stage_name,
    cast(stages.stage_order as bigint) as stage_order,
    gains.entered_count,
    gains.conversion_rate,
    gains.is_mature,
    gains.best_conversion_quarter,
    gains.best_conversion_rate,
    gains.later_rate,
    cast(round(gains.average_ticket, 2) as decimal(18, 2)) as average_ticket,
    gains.additional_won_deals,
    ranked.conversion_cost_amount,
    gains.stay_count,
    gains.median_days,
    gains.best_duration_quarter,
    gains.best_median_days,
    gains.path_days,
    gains.won_amount,
    ranked.duration_cost_amount,
    ranked.cost_amount,
    case
        when ranked.cost_amount is null then 'unknown'
        when ranked.cost_amount = 0 then 'none'
        when ranked.conversion_cost_amount = ranked.cost_amount then 'conversion'
        else 'duration'
    end as cost_reason,
    ranked.cost_rank,
    coalesce(ranked.pipeline_cost_rank = 1 and ranked.cost_amount > 0, false) as is_bottleneck
from gains
inner join ranked
    on
        gains.quarter_start = ranked.quarter_start
        and gains.stage_key = ranked.stage_key
inner join stages on gains.stage_key = stages.stage_key
inner join quarters on gains.quarter_start = quarters.quarter_start
