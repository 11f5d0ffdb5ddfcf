-- The one place that says by which dimensions deals are counted. A missing value is `unknown`, so
-- that the parts of an additive KPI add up to its total.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
),

described as (
    select
        opportunities.opportunity_key,
        opportunities.credited_owner_key as owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        opportunities.pipeline_key,
        pipelines.pipeline_name,
        opportunities.deal_type,
        opportunities.lead_source,
        opportunities.source_system,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from opportunities
    left join accounts on opportunities.account_key = accounts.account_key
    left join owners on opportunities.credited_owner_key = owners.owner_key
    left join pipelines on opportunities.pipeline_key = pipelines.pipeline_key
),

dimensioned as (
    select
        opportunity_key,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from described
    union all
    select
        opportunity_key,
        'owner' as dimension,
        owner_key as dimension_key,
        owner_name as dimension_value
    from described
    union all
    select
        opportunity_key,
        'team' as dimension,
        team_key as dimension_key,
        team_name as dimension_value
    from described
    union all
    select
        opportunity_key,
        'pipeline' as dimension,
        pipeline_key as dimension_key,
        pipeline_name as dimension_value
    from described
    union all
    select
        opportunity_key,
        'deal_type' as dimension,
        deal_type as dimension_key,
        deal_type as dimension_value
    from described
    union all
    select
        opportunity_key,
        'lead_source' as dimension,
        lead_source as dimension_key,
        lead_source as dimension_value
    from described
    union all
    select
        opportunity_key,
        'source_system' as dimension,
        source_system as dimension_key,
        source_system as dimension_value
    from described
    union all
    select
        opportunity_key,
        'country' as dimension,
        country_code as dimension_key,
        country_code as dimension_value
    from described
    union all
    select
        opportunity_key,
        'industry' as dimension,
        industry as dimension_key,
        industry as dimension_value
    from described
    union all
    select
        opportunity_key,
        'size_band' as dimension,
        size_band as dimension_key,
        size_band as dimension_value
    from described
)

select
    opportunity_key,
    dimension,
    coalesce(dimension_key, 'unknown') as dimension_key,
    coalesce(dimension_value, 'unknown') as dimension_value
from dimensioned
