with targets as (
    select * from {{ ref('int_crm__targets') }}
    -- The version that holds on the last day of the period.
    where
        kpi_id = 'sales_amount' and scope = 'owner' and owner_key is not null
        and (valid_from is null or valid_from < period_end)
        and (valid_to is null or valid_to >= period_end)
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    targets.target_key,
    targets.owner_key,
    owners.team_key,
    targets.period_start,
    targets.period_end,
    cast(targets.target_value as decimal(18, 2)) as target_amount,
    targets.currency_code,
    rates.rate_to_base,
    {{ to_base_currency('targets.target_value', 'rates.rate_to_base') }} as target_amount_base,
    targets.source_system
from targets
left join owners on targets.owner_key = owners.owner_key
-- The rate of the first day: a target is not restated while its period runs.
left join rates
    on
        targets.currency_code = rates.currency_code
        and targets.period_start = rates.rate_on
