with periods as (
    select * from {{ ref('dim_period') }}
),

working_days as (
    select * from {{ ref('dim_working_day') }}
)

select
    first_days.country_code,
    periods.period_grain,
    periods.period_start,
    {{ working_days_between('first_days', 'last_days') }} as working_day_count,
    {{ working_days_between('first_days', 'measured_days') }} as elapsed_working_day_count
from periods
inner join working_days as first_days on periods.period_start = first_days.date_day
inner join working_days as last_days
    on
        periods.last_day = last_days.date_day
        and first_days.country_code = last_days.country_code
inner join working_days as measured_days
    on
        periods.measured_on = measured_days.date_day
        and first_days.country_code = measured_days.country_code
