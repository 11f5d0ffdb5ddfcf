with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

first_versions as (
    select
        opportunity_key,
        min(valid_from) as first_from,
        min(case when amount is not null then valid_from end) as first_amount_from
    from versions
    group by opportunity_key
)

select
    opportunities.opportunity_key,
    opportunities.created_on,
    first_owners.owner_key as first_owner_key,
    first_owners.team_key as first_team_key,
    first_amounts.amount as first_amount,
    opportunities.currency_code,
    {{ to_base_currency('first_amounts.amount', 'rates.rate_to_base') }} as first_amount_base
from opportunities
left join first_versions on opportunities.opportunity_key = first_versions.opportunity_key
left join versions as first_owners
    on
        first_versions.opportunity_key = first_owners.opportunity_key
        and first_versions.first_from = first_owners.valid_from
left join versions as first_amounts
    on
        first_versions.opportunity_key = first_amounts.opportunity_key
        and first_versions.first_amount_from = first_amounts.valid_from
left join rates
    on
        opportunities.currency_code = rates.currency_code
        and opportunities.created_on = rates.rate_on
-- What is dated after the run has not been created yet.
where opportunities.created_at < {{ as_of() }}
