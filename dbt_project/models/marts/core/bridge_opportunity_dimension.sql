-- The one place that says by which dimensions deals are counted.
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

campaigns as (
    select * from {{ ref('dim_campaign') }}
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
        accounts.size_band,
        opportunities.attributed_campaign_key,
        campaigns.campaign_name
    from opportunities
    left join accounts on opportunities.account_key = accounts.account_key
    left join owners on opportunities.credited_owner_key = owners.owner_key
    left join pipelines on opportunities.pipeline_key = pipelines.pipeline_key
    left join campaigns on opportunities.attributed_campaign_key = campaigns.campaign_key
)

{{ by_dimension('described', ['opportunity_key'], {
    'owner': ['owner_key', 'owner_name'],
    'team': ['team_key', 'team_name'],
    'pipeline': ['pipeline_key', 'pipeline_name'],
    'deal_type': 'deal_type',
    'lead_source': 'lead_source',
    'source_system': 'source_system',
    'country': 'country_code',
    'industry': 'industry',
    'size_band': 'size_band',
    'campaign': ['attributed_campaign_key', 'campaign_name'],
}) }}
