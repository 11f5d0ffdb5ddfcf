with time_in_stage as (
    select * from {{ ref('fct_time_in_stage') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
)

select
    time_in_stage.period_grain,
    time_in_stage.period_start,
    time_in_stage.stage_key,
    time_in_stage.pipeline_key,
    pipelines.pipeline_name,
    stages.stage_name,
    cast(time_in_stage.stage_order as bigint) as stage_order,
    time_in_stage.completed_count,
    time_in_stage.mean_days,
    time_in_stage.median_days,
    time_in_stage.p75_days,
    time_in_stage.p90_days,
    time_in_stage.open_count,
    time_in_stage.open_mean_days
from time_in_stage
inner join stages on time_in_stage.stage_key = stages.stage_key
left join pipelines on time_in_stage.pipeline_key = pipelines.pipeline_key
