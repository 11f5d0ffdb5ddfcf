-- A view: nearly all of it is fct_opportunity_versions as it is.
{{ config(materialized='view') }}

with counted as (
    select * from {{ ref('fct_opportunity_versions') }}
),

versions as (
    select * from {{ ref('int_crm__opportunity_versions') }}
),

gone as (
    select
        opportunity_key,
        currency_code,
        counted_until
    from {{ ref('int_crm__opportunities') }}
    -- Deleted or merged away since; a test or a duplicate has been in no pipeline.
    where counted_until is not null
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    opportunity_key,
    valid_from,
    valid_to,
    stage_key,
    is_closed,
    is_won,
    amount,
    currency_code,
    close_on,
    owner_key,
    team_key,
    forecast_category,
    cast(null as timestamp) as deleted_at
from counted
union all
select
    versions.opportunity_key,
    versions.valid_from,
    least(versions.valid_to, gone.counted_until) as valid_to,
    versions.stage_key,
    versions.is_closed,
    versions.is_won,
    versions.amount,
    gone.currency_code,
    versions.close_on,
    versions.owner_key,
    owners.team_key,
    versions.forecast_category,
    gone.counted_until as deleted_at
from versions
inner join gone on versions.opportunity_key = gone.opportunity_key
left join owners on versions.owner_key = owners.owner_key
where versions.valid_from < gone.counted_until
