with pipelines as (
    select * from {{ ref('stg_hubspot__pipelines') }}
    where object_type = 'deals'
),

stages as (
    select * from {{ ref('stg_hubspot__pipeline_stages') }}
    -- A stage that the portal no longer lists is known from the deals' history alone, so that a
    -- warehouse that saw it and one that never did show the same.
    where object_type = 'deals' and not _is_deleted
)

select
    'hubspot' as source_system,
    stages.pipeline_id as vendor_pipeline_id,
    pipelines.pipeline_label as pipeline_name,
    stages.stage_id as vendor_stage_id,
    stages.stage_label as stage_name,
    cast(stages.display_order as integer) as stage_order,
    stages.probability,
    coalesce(stages.is_closed, stages.probability in (0, 1), false) as is_closed,
    coalesce(stages.is_closed, true) and coalesce(stages.probability = 1, false) as is_won,
    not coalesce(stages.is_archived, false) as is_listed
from stages
left join pipelines on stages.pipeline_id = pipelines.pipeline_id
