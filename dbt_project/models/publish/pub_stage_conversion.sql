with conversion as (
    select * from {{ ref('fct_stage_conversion') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
)

select
    conversion.cohort_month,
    conversion.stage_key,
    conversion.pipeline_key,
    pipelines.pipeline_name,
    stages.stage_name,
    cast(conversion.stage_order as bigint) as stage_order,
    conversion.entered_count,
    conversion.skipped_count,
    conversion.converted_count,
    conversion.in_stage_count,
    conversion.left_count,
    conversion.conversion_rate
from conversion
inner join stages on conversion.stage_key = stages.stage_key
left join pipelines on conversion.pipeline_key = pipelines.pipeline_key
