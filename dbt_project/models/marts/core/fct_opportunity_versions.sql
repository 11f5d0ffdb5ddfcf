-- The deals open at any past instant: not is_closed and valid_from < the instant
-- and (valid_to is null or valid_to >= the instant).
with versions as (
    select * from {{ ref('int_crm__opportunity_versions') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    versions.opportunity_key,
    versions.valid_from,
    versions.valid_to,
    versions.stage_key,
    versions.is_closed,
    versions.is_won,
    versions.amount,
    opportunities.currency_code,
    versions.close_on,
    versions.owner_key,
    owners.team_key,
    versions.forecast_category,
    versions.contradicts_history
from versions
-- Inner: versions of excluded deals stay out.
inner join opportunities on versions.opportunity_key = opportunities.opportunity_key
left join owners on versions.owner_key = owners.owner_key
