with stages as (
    select * from {{ ref('int_hubspot__stages_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__stages_conformed') }}
),

listed as (
    select
        source_system,
        vendor_pipeline_id,
        max(pipeline_name) as pipeline_name
    from stages
    group by source_system, vendor_pipeline_id
),

passed as (
    select distinct
        source_system,
        vendor_pipeline_id
    from {{ ref('int_crm__opportunity_states') }}
    where vendor_pipeline_id is not null
),

pipelines as (
    select
        source_system,
        vendor_pipeline_id
    from listed
    union
    select
        source_system,
        vendor_pipeline_id
    from passed
    union
    -- Salesforce has one list of stages and no name for it.
    select
        'salesforce' as source_system,
        'salesforce' as vendor_pipeline_id
)

select
    {{ vendor_key('pipeline', 'pipelines.source_system', 'pipelines.vendor_pipeline_id') }}
        as pipeline_key,
    case
        when pipelines.source_system = 'salesforce' then 'Salesforce'
        -- A deleted pipeline is known from its deals by its id alone.
        else coalesce(listed.pipeline_name, pipelines.vendor_pipeline_id)
    end as pipeline_name,
    pipelines.source_system,
    pipelines.vendor_pipeline_id
from pipelines
left join listed
    on
        pipelines.source_system = listed.source_system
        and pipelines.vendor_pipeline_id = listed.vendor_pipeline_id
