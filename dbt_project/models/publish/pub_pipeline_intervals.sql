with pipeline as (
    select * from {{ ref('fct_pipeline_intervals') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

teams as (
    select * from {{ ref('dim_team') }}
)

select
    pipeline.opportunity_key,
    pipeline.valid_from_on,
    pipeline.valid_to_on,
    pipeline.is_current,
    opportunities.opportunity_name,
    pipeline.pipeline_key,
    pipelines.pipeline_name,
    pipeline.stage_key,
    stages.stage_name,
    pipeline.is_closed,
    pipeline.is_won,
    pipeline.amount,
    pipeline.currency_code,
    pipeline.close_on,
    pipeline.owner_key,
    owners.owner_name,
    pipeline.team_key,
    teams.team_name,
    pipeline.forecast_category,
    pipeline.is_deleted_since
from pipeline
left join opportunities on pipeline.opportunity_key = opportunities.opportunity_key
left join pipelines on pipeline.pipeline_key = pipelines.pipeline_key
left join stages on pipeline.stage_key = stages.stage_key
left join owners on pipeline.owner_key = owners.owner_key
left join teams on pipeline.team_key = teams.team_key
