with rates as (
    select * from {{ ref('stg_hubspot__exchange_rates') }}
    where not _is_deleted and conversion_rate > 0
),

portal as (
    select max(company_currency_code) as currency_code from {{ ref('stg_hubspot__account_info') }}
),

-- A rate is set for a day of the calendar and stamped with that day's midnight in UTC.
-- Rates out of and into the portal's currency: the first as they are, the second upside down.
home_rates as (
    select
        rates.from_currency_code as currency_code,
        cast(rates.effective_at as date) as valid_from,
        rates.effective_at,
        rates.conversion_rate as units_of_hub,
        cast(1 as decimal(38, 10)) as units
    from rates
    inner join portal on rates.to_currency_code = portal.currency_code
    union all
    select
        rates.to_currency_code as currency_code,
        cast(rates.effective_at as date) as valid_from,
        rates.effective_at,
        cast(1 as decimal(38, 10)) as units_of_hub,
        rates.conversion_rate as units
    from rates
    inner join portal on rates.from_currency_code = portal.currency_code
),

-- Two rates of one day: the later one stands.
daily as (
    select
        currency_code,
        valid_from,
        units_of_hub,
        units,
        row_number() over (
            partition by currency_code, valid_from order by effective_at desc, units_of_hub desc
        ) as choice
    from home_rates
)

select
    'hubspot' as source_system,
    1 as preference,
    portal.currency_code as hub_currency_code,
    daily.currency_code,
    daily.valid_from,
    lead(daily.valid_from) over (partition by daily.currency_code order by daily.valid_from)
        as valid_to,
    daily.units_of_hub,
    daily.units
from daily
cross join portal
where daily.choice = 1
