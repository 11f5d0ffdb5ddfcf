-- Days at the edges of ISO years, as the standard has them; fiscal years as the variable says.
with dates as (
    select * from {{ ref('dim_date') }}
),

known as (
    select
        cast('2024-12-30' as date) as date_day,
        2025 as iso_year,
        1 as iso_week
    union all
    select
        cast('2026-01-01' as date) as date_day,
        2026 as iso_year,
        1 as iso_week
    union all
    select
        cast('2027-01-01' as date) as date_day,
        2026 as iso_year,
        53 as iso_week
)

select
    dates.date_day,
    dates.iso_year,
    dates.iso_week,
    dates.quarter_start,
    dates.year_start
from dates
left join known on dates.date_day = known.date_day
where
    dates.iso_year <> known.iso_year
    or dates.iso_week <> known.iso_week
    or dates.iso_weekday <> {{ days_between('dates.week_start', 'dates.date_day') }} + 1
    or extract(month from dates.year_start) <> {{ var('fiscal_year_start_month') }}
    or dates.year_start > dates.date_day
    or {{ days_between('dates.year_start', 'dates.date_day') }} > 365
    or dates.quarter_start > dates.date_day
    or {{ days_between('dates.quarter_start', 'dates.date_day') }} > 91
    or extract(day from dates.quarter_start) <> 1
    or (dates.quarter_start = dates.year_start) <> (dates.fiscal_quarter = 1)
