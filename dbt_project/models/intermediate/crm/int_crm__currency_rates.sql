with rates as (
    select * from {{ ref('int_hubspot__currency_rates_conformed') }}
    union all
    select * from {{ ref('int_salesforce__currency_rates_conformed') }}
),

-- Each CRM states its rates against its own currency, which is worth itself on every day.
hubs as (
    select
        source_system,
        min(preference) as preference,
        hub_currency_code,
        hub_currency_code as currency_code,
        cast('1900-01-01' as date) as valid_from,
        cast(null as date) as valid_to,
        cast(1 as decimal(38, 10)) as units_of_hub,
        cast(1 as decimal(38, 10)) as units
    from rates
    group by source_system, hub_currency_code
),

stated as (
    select
        source_system,
        preference,
        currency_code,
        valid_from,
        valid_to,
        units_of_hub,
        units
    from rates
    union all
    select
        source_system,
        preference,
        currency_code,
        valid_from,
        valid_to,
        units_of_hub,
        units
    from hubs
),

-- The way from a CRM's currency to ours: its best list of rates for the reporting currency.
reporting as (
    select
        source_system,
        valid_from,
        valid_to,
        units_of_hub,
        units,
        rank() over (partition by source_system order by preference) as choice
    from stated
    where currency_code = '{{ var("reporting_currency") }}'
),

-- Two lists of ranges overlap in ranges of their own.
crossed as (
    select
        stated.source_system,
        stated.preference,
        stated.currency_code,
        greatest(stated.valid_from, reporting.valid_from) as valid_from,
        least(stated.valid_to, reporting.valid_to) as valid_to,
        {{ safe_divide(
            'cast(stated.units_of_hub as double) * cast(reporting.units as double)',
            'cast(stated.units as double) * cast(reporting.units_of_hub as double)'
        ) }} as rate
    from stated
    inner join reporting
        on
            stated.source_system = reporting.source_system
            and (reporting.valid_to is null or stated.valid_from < reporting.valid_to)
            and (stated.valid_to is null or stated.valid_to > reporting.valid_from)
    where reporting.choice = 1 and stated.currency_code <> '{{ var("reporting_currency") }}'
),

-- One list per currency: Salesforce's dated rates, then HubSpot's, then Salesforce's static rate.
ranked as (
    select
        source_system,
        currency_code,
        valid_from,
        valid_to,
        rate,
        rank() over (partition by currency_code order by preference) as choice
    from crossed
)

select
    currency_code,
    valid_from,
    valid_to,
    cast(round(rate, 8) as decimal(18, 8)) as rate_to_base,
    source_system
from ranked
where choice = 1
union all
select
    '{{ var("reporting_currency") }}' as currency_code,
    cast('1900-01-01' as date) as valid_from,
    cast(null as date) as valid_to,
    cast(1 as decimal(18, 8)) as rate_to_base,
    'fixed' as source_system
