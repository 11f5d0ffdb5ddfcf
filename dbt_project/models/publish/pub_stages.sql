with stages as (
    select * from {{ ref('dim_stage') }}
)

select
    stage_key,
    pipeline_key,
    pipeline_name,
    stage_name,
    stage_label,
    cast(stage_order as bigint) as stage_order,
    cast(probability as double) as probability,
    is_closed,
    is_won,
    is_lost,
    is_listed,
    source_system
from stages
