with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

entries as (
    select * from {{ ref('fct_stage_entries') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

dimensioned as (
    select
        entries.entered_on,
        entries.is_converted,
        entries.days_to_conversion,
        'stage' as dimension,
        entries.stage_key as dimension_key,
        stages.stage_label as dimension_value
    from entries
    inner join stages on entries.stage_key = stages.stage_key
    union all
    -- Steps taken out of steps begun, over all stages.
    select
        entered_on,
        is_converted,
        days_to_conversion,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from entries
),

placed as (
    select
        days.period_grain,
        days.period_start,
        dimensioned.dimension,
        dimensioned.dimension_key,
        dimensioned.dimension_value,
        1 as entered,
        case when dimensioned.is_converted then 1 else 0 end as converted
    from dimensioned
    inner join days on dimensioned.entered_on = days.date_day
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as entered,
        0 as converted
    from periods
),

-- A cohort is mature when nine of ten that ever moved on had moved on by its age.
motion as (
    select
        dimension,
        dimension_key,
        {{ percentile(0.9, 'days_to_conversion') }} as conversion_days_p90
    from dimensioned
    group by dimension, dimension_key
),

counted as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(entered) as bigint) as entered_count,
        cast(sum(converted) as bigint) as converted_count
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

select
    'stage_conversion_cohort' as kpi_id,
    counted.period_grain,
    counted.period_start,
    counted.dimension,
    counted.dimension_key,
    counted.dimension_value,
    {{ kpi_number('counted.converted_count') }} as numerator,
    {{ kpi_number('counted.entered_count') }} as denominator,
    {{ kpi_number(safe_divide('counted.converted_count', 'counted.entered_count')) }} as value,
    counted.entered_count as n,
    coalesce(
        {{ days_between('periods.last_day', as_of_date()) }} > motion.conversion_days_p90, false
    ) as is_mature
from counted
inner join periods
    on
        counted.period_grain = periods.period_grain
        and counted.period_start = periods.period_start
left join motion
    on
        counted.dimension = motion.dimension
        and counted.dimension_key = motion.dimension_key
