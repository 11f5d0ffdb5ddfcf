-- A year without holidays has too many working days. A warning, since one early record must not
-- stop the numbers of today: write the seed anew with an earlier --first (ingestion/calendar.py).
{{ config(severity='warn') }}

with dates as (
    select * from {{ ref('dim_date') }}
    where is_in_spine
),

holidays as (
    select * from {{ ref('holidays') }}
),

reach as (
    select
        country_code,
        min(extract(year from holiday_on)) as first_year,
        max(extract(year from holiday_on)) as last_year
    from holidays
    group by country_code
)

select
    reach.country_code,
    min(dates.date_day) as first_day,
    max(dates.date_day) as last_day
from dates
inner join reach
    on
        dates.calendar_year < reach.first_year
        or dates.calendar_year > reach.last_year
group by reach.country_code
