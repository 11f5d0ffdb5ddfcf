-- quarter_start and year_start follow fiscal_year_start_month; with 1 they are the calendar's.
with opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
),

people as (
    select * from {{ ref('int_crm__people') }}
),

activities as (
    select * from {{ ref('int_crm__activities') }}
),

surveys as (
    select * from {{ ref('int_crm__surveys') }}
),

contracts as (
    select * from {{ ref('int_crm__contracts') }}
),

-- Excluded records must not stretch the calendar: they leave every KPI.
first_facts as (
    select min(created_on) as first_on
    from opportunities
    where exclusion_reason is null
    union all
    select min(closed_on) as first_on
    from opportunities
    where exclusion_reason is null and is_closed
    union all
    select {{ to_business_date('min(lead_at)') }} as first_on
    from people
    where exclusion_reason is null
    union all
    select {{ to_business_date('min(completed_at)') }} as first_on
    from activities
    where exclusion_reason is null
    union all
    select {{ to_business_date('min(answered_at)') }} as first_on
    from surveys
    where exclusion_reason is null
    union all
    select min(starts_on) as first_on
    from contracts
    where exclusion_reason is null
),

spine as (
    select
        cast(
            date_trunc(
                'month', least(coalesce(min(first_on), {{ as_of_date() }}), {{ as_of_date() }})
            ) as date
        ) as first_month_on,
        {{ as_of_date() }} as as_of_on
    from first_facts
),

-- A year to spare on both sides holds every whole period of the spine, whatever the fiscal year.
bounds as (
    select
        first_month_on,
        as_of_on,
        make_date(cast(extract(year from first_month_on) as integer) - 1, 1, 1) as first_day,
        make_date(cast(extract(year from as_of_on) as integer) + 1, 12, 31) as last_day
    from spine
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
