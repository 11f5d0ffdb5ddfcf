-- Ends of weeks, months, quarters and years. Any other past instant is one query over
-- fct_opportunity_versions with the same condition in place of measured_at.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
)

select
    periods.period_grain,
    periods.period_start,
    periods.measured_at,
    periods.measured_on,
    versions.opportunity_key,
    versions.stage_key,
    versions.owner_key,
    versions.team_key,
    versions.amount,
    versions.currency_code,
    rates.rate_to_base,
    {{ to_base_currency('versions.amount', 'rates.rate_to_base') }} as amount_base,
    stages.probability,
    versions.close_on,
    coalesce(versions.close_on < periods.measured_on, false) as is_overdue
from versions
inner join periods
    on
        versions.valid_from < periods.measured_at
        and coalesce(versions.valid_to, timestamp '9999-12-31 00:00:00') >= periods.measured_at
left join stages on versions.stage_key = stages.stage_key
left join rates
    on
        versions.currency_code = rates.currency_code
        and periods.measured_on = rates.rate_on
where not versions.is_closed and periods.period_grain <> 'day'
