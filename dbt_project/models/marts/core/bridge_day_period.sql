with dates as (
    select * from {{ ref('dim_date') }}
),

periods as (
    select * from {{ ref('dim_period') }}
)

select
    dates.date_day,
    periods.period_grain,
    periods.period_start,
    periods.period_end
from dates
inner join periods
    on
        dates.date_day >= periods.period_start
        and dates.date_day < periods.period_end
