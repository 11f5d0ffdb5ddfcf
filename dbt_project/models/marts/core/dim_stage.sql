with stages as (
    select * from {{ ref('int_crm__stages') }}
),

pipelines as (
    select * from {{ ref('dim_pipeline') }}
)

select
    stages.stage_key,
    stages.pipeline_key,
    pipelines.pipeline_name,
    stages.stage_name,
    -- Two pipelines may share a stage's label; together with the pipeline it is unambiguous.
    concat_ws(': ', pipelines.pipeline_name, stages.stage_name) as stage_label,
    stages.stage_order,
    stages.probability,
    coalesce(stages.is_closed, false) as is_closed,
    coalesce(stages.is_won, false) as is_won,
    coalesce(stages.is_closed, false) and not coalesce(stages.is_won, false) as is_lost,
    coalesce(stages.is_listed, false) as is_listed,
    stages.canonical_stage,
    stages.vendor_stage_id,
    stages.source_system
from stages
left join pipelines on stages.pipeline_key = pipelines.pipeline_key
