-- A view, for deals times days would be a hundred times the intervals. One day of it costs one pass
-- over them: ask with `date_day = ...`.
{{ config(materialized='view') }}

with dates as (
    select * from {{ ref('dim_date') }}
),

intervals as (
    select * from {{ ref('fct_pipeline_intervals') }}
    -- Closed deals are in the intervals, not in the pipeline.
    where not is_closed
),

stages as (
    select * from {{ ref('dim_stage') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
)

select
    dates.date_day,
    intervals.opportunity_key,
    intervals.pipeline_key,
    intervals.stage_key,
    stages.probability,
    intervals.amount,
    intervals.currency_code,
    rates.rate_to_base,
    {{ to_base_currency('intervals.amount', 'rates.rate_to_base') }} as amount_base,
    intervals.close_on,
    coalesce(intervals.close_on < dates.date_day, false) as is_overdue,
    intervals.owner_key,
    intervals.team_key,
    intervals.forecast_category,
    intervals.is_deleted_since
from intervals
inner join dates
    on
        intervals.valid_from_on <= dates.date_day
        and intervals.valid_to_on >= dates.date_day
left join stages on intervals.stage_key = stages.stage_key
left join rates
    on
        intervals.currency_code = rates.currency_code
        and dates.date_day = rates.rate_on
