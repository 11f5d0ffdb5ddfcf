with pipeline as (
    select * from {{ ref('fct_pipeline_as_of') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
)

select
    pipeline.period_grain,
    pipeline.period_start,
    pipeline.measured_at,
    pipeline.measured_on,
    pipeline.opportunity_key,
    opportunities.opportunity_name,
    stages.pipeline_name,
    pipeline.stage_key,
    stages.stage_name,
    pipeline.owner_key,
    owners.owner_name,
    owners.team_name,
    pipeline.amount,
    pipeline.currency_code,
    pipeline.rate_to_base,
    pipeline.amount_base,
    cast(pipeline.probability as double) as probability,
    pipeline.close_on,
    pipeline.is_overdue
from pipeline
inner join opportunities on pipeline.opportunity_key = opportunities.opportunity_key
left join owners on pipeline.owner_key = owners.owner_key
left join stages on pipeline.stage_key = stages.stage_key
