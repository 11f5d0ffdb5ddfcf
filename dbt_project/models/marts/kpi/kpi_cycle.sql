with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

placed as (
    select
        days.period_grain,
        days.period_start,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        opportunities.cycle_days
    from opportunities
    inner join days on opportunities.closed_on = days.date_day
    inner join dimensions on opportunities.opportunity_key = dimensions.opportunity_key
    -- Lost deals have another cycle; a negative duration is in excluded_records.
    where opportunities.is_won and opportunities.cycle_days is not null
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        cast(null as integer) as cycle_days
    from periods
),

measured as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        count(cycle_days) as deal_count,
        coalesce(cast(sum(cycle_days) as bigint), 0) as cycle_days,
        {{ percentile(0.5, 'cycle_days') }} as median_days,
        {{ percentile(0.75, 'cycle_days') }} as p75_days,
        {{ percentile(0.9, 'cycle_days') }} as p90_days
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

select
    'sales_cycle_days' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('cycle_days') }} as numerator,
    {{ kpi_number('deal_count') }} as denominator,
    {{ kpi_number(safe_divide('cycle_days', 'deal_count')) }} as value,
    deal_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'sales_cycle_days_median' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('null') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('median_days') }} as value,
    deal_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'sales_cycle_days_p75' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('null') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('p75_days') }} as value,
    deal_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'sales_cycle_days_p90' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('null') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('p90_days') }} as value,
    deal_count as n,
    cast(null as boolean) as is_mature
from measured
