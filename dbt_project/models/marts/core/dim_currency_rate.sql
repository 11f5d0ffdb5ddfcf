with dates as (
    select * from {{ ref('dim_date') }}
),

rates as (
    select * from {{ ref('int_crm__currency_rates') }}
)

select
    rates.currency_code,
    dates.date_day as rate_on,
    rates.rate_to_base
from dates
inner join rates
    on
        dates.date_day >= coalesce(rates.valid_from, cast('0001-01-01' as date))
        and dates.date_day < coalesce(rates.valid_to, cast('9999-12-31' as date))
-- The reporting currency is 1 by definition, whatever a vendor's table says.
where rates.currency_code <> '{{ var("reporting_currency") }}'
union all
select
    '{{ var("reporting_currency") }}' as currency_code,
    date_day as rate_on,
    cast(1 as decimal(18, 8)) as rate_to_base
from dates
