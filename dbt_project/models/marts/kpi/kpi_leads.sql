with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

dimensioned as (
    select
        lead_on,
        is_converted,
        is_qualified,
        'total' as dimension,
        'total' as dimension_key
    from leads
    union all
    select
        lead_on,
        is_converted,
        is_qualified,
        'lead_source' as dimension,
        coalesce(lead_source, 'unknown') as dimension_key
    from leads
    union all
    select
        lead_on,
        is_converted,
        is_qualified,
        'source_system' as dimension,
        coalesce(source_system, 'unknown') as dimension_key
    from leads
    union all
    select
        lead_on,
        is_converted,
        is_qualified,
        'country' as dimension,
        coalesce(country_code, 'unknown') as dimension_key
    from leads
),

placed as (
    select
        days.period_grain,
        days.period_start,
        dimensioned.dimension,
        dimensioned.dimension_key,
        1 as created,
        case when dimensioned.is_converted then 1 else 0 end as converted,
        case when dimensioned.is_qualified then 1 else 0 end as qualified
    from dimensioned
    inner join days on dimensioned.lead_on = days.date_day
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        0 as created,
        0 as converted,
        0 as qualified
    from periods
),

-- A cohort is mature when nine of ten that ever made it had made it by its age.
motion as (
    select
        {{ percentile(0.9, 'days_to_win') }} as win_days_p90,
        {{ percentile(0.9, 'days_to_qualification') }} as qualification_days_p90
    from leads
),

counted as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        cast(sum(created) as bigint) as created_count,
        cast(sum(converted) as bigint) as converted_count,
        cast(sum(qualified) as bigint) as qualified_count
    from placed
    group by period_grain, period_start, dimension, dimension_key
),

measured as (
    select
        counted.period_grain,
        counted.period_start,
        counted.dimension,
        counted.dimension_key,
        counted.created_count,
        counted.converted_count,
        counted.qualified_count,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.win_days_p90, false
        ) as is_win_mature,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.qualification_days_p90,
            false
        ) as is_qualification_mature
    from counted
    inner join periods
        on
            counted.period_grain = periods.period_grain
            and counted.period_start = periods.period_start
    cross join motion
)

select
    'leads_created' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('created_count') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('created_count') }} as value,
    created_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'lead_conversion_rate_cohort' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('converted_count') }} as numerator,
    {{ kpi_number('created_count') }} as denominator,
    {{ kpi_number(safe_divide('converted_count', 'created_count')) }} as value,
    created_count as n,
    is_win_mature as is_mature
from measured
union all
select
    'qualified_lead_rate' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_key as dimension_value,
    {{ kpi_number('qualified_count') }} as numerator,
    {{ kpi_number('created_count') }} as denominator,
    {{ kpi_number(safe_divide('qualified_count', 'created_count')) }} as value,
    created_count as n,
    is_qualification_mature as is_mature
from measured
