-- quarter_start and year_start follow fiscal_year_start_month; with 1 they are the calendar's.
with bounds as (
    select * from {{ ref('dim_calendar') }}
),

days as (
    {{ date_spine('(select first_day from bounds)', '(select last_day from bounds)') }}
),

numbered as (
    select
        date_day,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as month_number,
        cast(extract(day from date_day) as integer) as day_of_month,
        cast({{ iso_weekday('date_day') }} as integer) as iso_weekday,
        cast(extract(week from date_day) as integer) as iso_week,
        cast(date_trunc('week', date_day) as date) as week_start,
        cast(date_trunc('month', date_day) as date) as month_start,
        cast({{ var('fiscal_year_start_month') }} as integer) as fiscal_start_month
    from days
),

fiscal as (
    select
        date_day,
        (month_number - fiscal_start_month + 12) % 12 as months_into_fiscal_year,
        calendar_year - case when month_number < fiscal_start_month then 1 else 0 end
            as fiscal_start_year,
        calendar_year * 12 + month_number - 1 - (month_number - fiscal_start_month + 12) % 3
            as quarter_month_index
    from numbered
)

select
    numbered.date_day,
    numbered.iso_weekday,
    numbered.iso_week,
    -- The ISO year of a week is the calendar year of its Thursday.
    cast(extract(year from {{ add_days('numbered.week_start', 3) }}) as integer) as iso_year,
    numbered.day_of_month,
    numbered.month_number,
    numbered.calendar_quarter,
    numbered.calendar_year,
    cast(floor(fiscal.months_into_fiscal_year / 3) as integer) + 1 as fiscal_quarter,
    -- A fiscal year bears the number of the calendar year in which it ends.
    fiscal.fiscal_start_year + case when numbered.fiscal_start_month > 1 then 1 else 0 end
        as fiscal_year,
    numbered.week_start,
    numbered.month_start,
    make_date(
        cast(floor(fiscal.quarter_month_index / 12) as integer),
        cast(fiscal.quarter_month_index % 12 as integer) + 1,
        1
    ) as quarter_start,
    make_date(fiscal.fiscal_start_year, numbered.fiscal_start_month, 1) as year_start,
    numbered.iso_weekday >= 6 as is_weekend,
    numbered.date_day >= bounds.first_month_on and numbered.date_day <= bounds.as_of_on
        as is_in_spine
from numbered
inner join fiscal on numbered.date_day = fiscal.date_day
cross join bounds
