with dates as (
    select * from {{ ref('dim_date') }}
)

select
    date_day,
    cast(iso_weekday as bigint) as iso_weekday,
    cast(iso_week as bigint) as iso_week,
    cast(iso_year as bigint) as iso_year,
    cast(day_of_month as bigint) as day_of_month,
    cast(month_number as bigint) as month_number,
    cast(calendar_quarter as bigint) as calendar_quarter,
    cast(calendar_year as bigint) as calendar_year,
    cast(fiscal_quarter as bigint) as fiscal_quarter,
    cast(fiscal_year as bigint) as fiscal_year,
    week_start,
    month_start,
    quarter_start,
    year_start,
    is_weekend
from dates
