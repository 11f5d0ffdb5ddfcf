-- Ends of weeks, months, quarters and years; fct_pipeline_daily has every other day.
with intervals as (
    select * from {{ ref('fct_pipeline_intervals') }}
    -- As the KPIs count: what was deleted since is in none of them.
    where not is_closed and not is_deleted_since
),

periods as (
    select * from {{ ref('dim_period') }}
    where period_grain <> 'day'
),

stages as (
    select * from {{ ref('dim_stage') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

-- The end of a month may end a week and a quarter too: looked up once.
days as (
    select distinct measured_on from periods
),

-- Many deals share their first and last day: those are compared with every end, not the deals.
stretches as (
    select distinct
        valid_from_on,
        valid_to_on
    from intervals
),

seen as (
    select
        days.measured_on,
        stretches.valid_from_on,
        stretches.valid_to_on
    from stretches
    inner join days
        on
            stretches.valid_from_on <= days.measured_on
            and stretches.valid_to_on >= days.measured_on
),

standing as (
    select
        seen.measured_on,
        intervals.opportunity_key,
        intervals.stage_key,
        intervals.owner_key,
        intervals.team_key,
        intervals.amount,
        intervals.currency_code,
        intervals.close_on
    from intervals
    inner join seen
        on
            intervals.valid_from_on = seen.valid_from_on
            and intervals.valid_to_on = seen.valid_to_on
)

select
    periods.period_grain,
    periods.period_start,
    periods.measured_at,
    periods.measured_on,
    standing.opportunity_key,
    standing.stage_key,
    standing.owner_key,
    standing.team_key,
    standing.amount,
    standing.currency_code,
    rates.rate_to_base,
    {{ to_base_currency('standing.amount', 'rates.rate_to_base') }} as amount_base,
    stages.probability,
    standing.close_on,
    coalesce(standing.close_on < periods.measured_on, false) as is_overdue
from standing
inner join periods on standing.measured_on = periods.measured_on
left join stages on standing.stage_key = stages.stage_key
left join rates
    on
        standing.currency_code = rates.currency_code
        and standing.measured_on = rates.rate_on
