with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

people as (
    select * from {{ ref('dim_person') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
)

select
    opportunities.opportunity_key,
    opportunities.opportunity_name,
    opportunities.account_key,
    accounts.account_name,
    accounts.country_code,
    accounts.industry,
    accounts.size_band,
    opportunities.person_key,
    people.full_name as contact_name,
    opportunities.credited_owner_key as owner_key,
    owners.owner_name,
    owners.team_name,
    opportunities.owner_key as owner_key_today,
    owners_today.owner_name as owner_name_today,
    opportunities.pipeline_key,
    pipelines.pipeline_name,
    opportunities.stage_key,
    stages.stage_name,
    opportunities.amount,
    opportunities.currency_code,
    opportunities.rate_on,
    opportunities.rate_to_base,
    opportunities.amount_base,
    cast(opportunities.probability as double) as probability,
    opportunities.created_at,
    opportunities.created_on,
    opportunities.close_on,
    opportunities.closed_on,
    opportunities.closed_at,
    opportunities.is_closed,
    opportunities.is_won,
    opportunities.is_lost,
    opportunities.is_overdue,
    cast(opportunities.cycle_days as bigint) as cycle_days,
    cast(opportunities.age_days as bigint) as age_days,
    opportunities.forecast_category,
    opportunities.deal_type,
    opportunities.lead_source,
    campaigns.campaign_name,
    opportunities.coupon_code,
    opportunities.loss_reason,
    opportunities.next_step,
    opportunities.source_system,
    opportunities.hubspot_deal_id,
    opportunities.salesforce_opportunity_id,
    opportunities.pipedrive_deal_id,
    opportunities.match_rule,
    opportunities.match_confidence
from opportunities
left join accounts on opportunities.account_key = accounts.account_key
left join people on opportunities.person_key = people.person_key
left join owners on opportunities.credited_owner_key = owners.owner_key
left join owners as owners_today on opportunities.owner_key = owners_today.owner_key
left join pipelines on opportunities.pipeline_key = pipelines.pipeline_key
left join stages on opportunities.stage_key = stages.stage_key
left join campaigns on opportunities.campaign_key = campaigns.campaign_key
