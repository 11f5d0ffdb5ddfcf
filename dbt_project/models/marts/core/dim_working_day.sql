-- Days are counted from the first of the calendar on, so that the working days between any two days
-- are a difference of two rows: the macro working_days_between.
with dates as (
    select * from {{ ref('dim_date') }}
),

holidays as (
    select * from {{ ref('holidays') }}
),

countries as (
    select country_code
    from holidays
    group by country_code
),

known as (
    select
        {{ true_or_fail(
            'count(*) > 0',
            'business_country has no calendar: seeds/calendar/holidays.csv has the countries that'
            ~ ' can be chosen, ingestion/calendar.py (COUNTRIES) takes a new one: '
            ~ business_country()
        ) }} as is_known
    from countries
    where country_code = {{ business_country() }}
),

days as (
    select
        countries.country_code,
        dates.date_day,
        holidays.holiday_name,
        not dates.is_weekend and holidays.holiday_on is null as is_working_day
    from countries
    cross join dates
    inner join known on known.is_known
    left join holidays
        on
            countries.country_code = holidays.country_code
            and dates.date_day = holidays.holiday_on
),

counted as (
    select
        country_code,
        date_day,
        holiday_name,
        is_working_day,
        cast(
            sum(case when is_working_day then 1 else 0 end) over (
                partition by country_code
                order by date_day asc
                rows between unbounded preceding and current row
            ) as integer
        ) as working_days_through
    from days
)

select
    country_code,
    date_day,
    is_working_day,
    holiday_name,
    working_days_through - case when is_working_day then 1 else 0 end as working_days_before,
    working_days_through
from counted
