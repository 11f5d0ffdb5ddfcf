-- Every version of every target, for whomever it is. A target in money is not restated while its
-- period runs: the rate of its first day holds.
with targets as (
    select * from {{ ref('int_crm__targets') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    targets.target_key,
    targets.kpi_id,
    targets.scope,
    targets.scope_key,
    targets.owner_key,
    owners.team_key,
    targets.period_grain,
    targets.period_start,
    targets.period_end,
    cast(targets.target_value as decimal(18, 4)) as target_value,
    targets.currency_code,
    case when catalogue.unit = 'money' then rates.rate_to_base end as rate_to_base,
    cast(
        case
            when catalogue.unit = 'money'
                then {{ to_base_currency('targets.target_value', 'rates.rate_to_base') }}
            else targets.target_value
        end as decimal(18, 4)
    ) as target_value_base,
    targets.valid_from,
    targets.valid_to,
    targets.source_system
from targets
inner join catalogue on targets.kpi_id = catalogue.kpi_id
left join owners on targets.owner_key = owners.owner_key
left join rates
    on
        coalesce(targets.currency_code, '{{ var("reporting_currency") }}') = rates.currency_code
        and targets.period_start = rates.rate_on
