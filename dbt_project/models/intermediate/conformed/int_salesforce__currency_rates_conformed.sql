with currencies as (
    select * from {{ ref('stg_salesforce__currency_types') }}
    where not _is_deleted and conversion_rate > 0
),

dated_rates as (
    select * from {{ ref('stg_salesforce__dated_conversion_rates') }}
    where not _is_deleted and conversion_rate > 0
),

org as (
    select max(default_currency_code) as currency_code
    from {{ ref('stg_salesforce__organizations') }}
),

corporate as (
    select
        coalesce(
            (
                select max(currency_code) from currencies
                where is_corporate
            ), org.currency_code
        ) as currency_code
    from org
),

rates as (
    select
        0 as preference,
        currency_code,
        starts_on as valid_from,
        -- The last range of a currency ends at the end of the calendar.
        case when extract(year from next_starts_on) < 9999 then next_starts_on end as valid_to,
        conversion_rate
    from dated_rates
    union all
    select
        2 as preference,
        currency_code,
        cast('1900-01-01' as date) as valid_from,
        cast(null as date) as valid_to,
        conversion_rate
    from currencies
)

select
    'salesforce' as source_system,
    rates.preference,
    corporate.currency_code as hub_currency_code,
    rates.currency_code,
    rates.valid_from,
    rates.valid_to,
    cast(1 as decimal(38, 10)) as units_of_hub,
    rates.conversion_rate as units
from rates
cross join corporate
where rates.currency_code <> corporate.currency_code
