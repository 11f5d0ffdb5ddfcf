-- The spine of every KPI: from the month of the first fact to the period in which as_of falls.
with dates as (
    select * from {{ ref('dim_date') }}
),

starts as (
    select
        'day' as period_grain,
        date_day as period_start,
        is_in_spine
    from dates
    union all
    select
        'week' as period_grain,
        week_start as period_start,
        is_in_spine
    from dates
    union all
    select
        'month' as period_grain,
        month_start as period_start,
        is_in_spine
    from dates
    union all
    select
        'quarter' as period_grain,
        quarter_start as period_start,
        is_in_spine
    from dates
    union all
    select
        'year' as period_grain,
        year_start as period_start,
        is_in_spine
    from dates
),

periods as (
    select
        period_grain,
        period_start,
        cast(
            case period_grain
                when 'day' then period_start + interval '1' day
                when 'week' then period_start + interval '7' day
                when 'month' then period_start + interval '1' month
                when 'quarter' then period_start + interval '3' month
                when 'year' then period_start + interval '12' month
            end as date
        ) as period_end
    from starts
    group by period_grain, period_start
    having bool_or(is_in_spine)
),

instants as (
    select
        period_grain,
        period_start,
        period_end,
        {{ add_days('period_end', -1) }} as last_day,
        {{ business_day_start('period_start') }} as period_start_at,
        {{ business_day_start('period_end') }} as period_end_at,
        least({{ business_day_start('period_end') }}, {{ as_of() }}) as measured_at
    from periods
)

select
    period_grain,
    period_start,
    period_end,
    last_day,
    period_start_at,
    period_end_at,
    measured_at,
    {{ to_business_date(add_milliseconds('measured_at', -1)) }} as measured_on,
    period_end_at <= {{ as_of() }} as is_complete
from instants
