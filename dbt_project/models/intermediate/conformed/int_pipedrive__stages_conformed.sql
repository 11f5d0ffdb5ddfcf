with pipelines as (
    select * from {{ ref('stg_pipedrive__pipelines') }}
),

stages as (
    select * from {{ ref('stg_pipedrive__stages') }}
    -- A stage that is no longer listed is known from the deals' history alone.
    where not _is_deleted
),

-- Won and lost are a deal's status here. As stages they stand behind all open ones.
closing as (
    select
        pipeline_id,
        max(display_order) as last_order
    from stages
    group by pipeline_id
),

all_stages as (
    select
        pipeline_id,
        stage_id,
        stage_name,
        display_order,
        cast(cast(probability_percent as double) / 100 as decimal(38, 10)) as probability,
        false as is_closed,
        false as is_won
    from stages
    union all
    select
        pipeline_id,
        concat_ws(':', pipeline_id, 'won') as stage_id,
        'Won' as stage_name,
        last_order + 1 as display_order,
        cast(1 as decimal(38, 10)) as probability,
        true as is_closed,
        true as is_won
    from closing
    union all
    select
        pipeline_id,
        concat_ws(':', pipeline_id, 'lost') as stage_id,
        'Lost' as stage_name,
        last_order + 2 as display_order,
        cast(0 as decimal(38, 10)) as probability,
        true as is_closed,
        false as is_won
    from closing
)

select
    'pipedrive' as source_system,
    all_stages.pipeline_id as vendor_pipeline_id,
    pipelines.pipeline_name,
    all_stages.stage_id as vendor_stage_id,
    all_stages.stage_name,
    cast(all_stages.display_order as integer) as stage_order,
    all_stages.probability,
    all_stages.is_closed,
    all_stages.is_won,
    true as is_listed
from all_stages
left join pipelines on all_stages.pipeline_id = pipelines.pipeline_id
