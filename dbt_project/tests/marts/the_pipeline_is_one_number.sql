-- The KPI, the list of deals behind it and the end of the waterfall agree to the cent.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

-- Ends of periods; for the day, what the days on demand say.
pipeline as (
    select
        period_grain,
        period_start,
        amount_base
    from {{ ref('fct_pipeline_as_of') }}
    union all
    select
        'day' as period_grain,
        date_day as period_start,
        amount_base
    from {{ ref('fct_pipeline_daily') }}
    -- First days of months stand for all: unfolding every day of every deal would show no more.
    where not is_deleted_since and extract(day from date_day) = 1
),

waterfall as (
    select * from {{ ref('fct_pipeline_waterfall') }}
),

listed as (
    select
        period_grain,
        period_start,
        count(*) as deal_count,
        coalesce(sum(amount_base), 0) as amount_base
    from pipeline
    group by period_grain, period_start
),

ends as (
    select
        waterfall.period_grain,
        waterfall.period_start,
        -- The KPIs leave out what was deleted since.
        waterfall.end_count - waterfall.since_deleted_count as end_count,
        waterfall.end_amount - waterfall.since_deleted_amount as end_amount,
        amounts.value as kpi_amount,
        counts.value as kpi_count,
        coalesce(listed.deal_count, 0) as listed_count,
        coalesce(listed.amount_base, 0) as listed_amount
    from waterfall
    left join listed
        on
            waterfall.period_grain = listed.period_grain
            and waterfall.period_start = listed.period_start
    left join kpi_values as amounts
        on
            waterfall.period_grain = amounts.period_grain
            and waterfall.period_start = amounts.period_start
            and amounts.kpi_id = 'open_pipeline'
            and amounts.dimension = 'total'
    left join kpi_values as counts
        on
            waterfall.period_grain = counts.period_grain
            and waterfall.period_start = counts.period_start
            and counts.kpi_id = 'open_pipeline_count'
            and counts.dimension = 'total'
    where
        waterfall.dimension = 'total'
        and (waterfall.period_grain <> 'day' or extract(day from waterfall.period_start) = 1)
)

select
    period_grain,
    period_start,
    end_amount,
    kpi_amount,
    listed_amount
from ends
where
    end_amount is distinct from kpi_amount
    or end_amount <> listed_amount
    or end_count is distinct from kpi_count
    or end_count <> listed_count
