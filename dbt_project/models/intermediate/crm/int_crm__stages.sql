with listed as (
    select * from {{ ref('int_hubspot__stages_conformed') }}
    union all
    select * from {{ ref('int_salesforce__stages_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__stages_conformed') }}
),

states as (
    select * from {{ ref('int_crm__opportunity_states') }}
),

records as (
    select * from {{ ref('int_hubspot__opportunities_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunities_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunities_conformed') }}
),

canonical as (
    select * from {{ ref('crm_stage_map') }}
),

passed as (
    select distinct
        source_system,
        vendor_pipeline_id,
        vendor_stage_id
    from states
    where vendor_pipeline_id is not null and vendor_stage_id is not null
),

-- What the deals that stand in a stage today say about it, for stages that no list describes.
described as (
    select
        source_system,
        vendor_pipeline_id,
        vendor_stage_id,
        max(probability) as probability,
        bool_or(is_closed) as is_closed,
        bool_or(is_won) as is_won
    from records
    group by source_system, vendor_pipeline_id, vendor_stage_id
),

unlisted as (
    select
        passed.source_system,
        passed.vendor_pipeline_id,
        passed.vendor_stage_id,
        described.probability,
        coalesce(described.is_closed, false) as is_closed,
        coalesce(described.is_won, false) as is_won
    from passed
    left join listed
        on
            passed.source_system = listed.source_system
            and passed.vendor_pipeline_id = listed.vendor_pipeline_id
            and passed.vendor_stage_id = listed.vendor_stage_id
    left join described
        on
            passed.source_system = described.source_system
            and passed.vendor_pipeline_id = described.vendor_pipeline_id
            and passed.vendor_stage_id = described.vendor_stage_id
    where listed.vendor_stage_id is null
),

stages as (
    select
        source_system,
        vendor_pipeline_id,
        vendor_stage_id,
        coalesce(stage_name, vendor_stage_id) as stage_name,
        stage_order,
        probability,
        is_closed,
        is_won,
        is_listed
    from listed
    union all
    select
        source_system,
        vendor_pipeline_id,
        vendor_stage_id,
        vendor_stage_id as stage_name,
        cast(null as integer) as stage_order,
        probability,
        is_closed,
        is_won,
        false as is_listed
    from unlisted
)

select
    {{ stage_key('stages.source_system', 'stages.vendor_pipeline_id', 'stages.vendor_stage_id') }}
        as stage_key,
    {{ vendor_key('pipeline', 'stages.source_system', 'stages.vendor_pipeline_id') }}
        as pipeline_key,
    stages.stage_name,
    stages.stage_order,
    stages.probability,
    stages.is_closed,
    stages.is_won,
    stages.is_listed,
    canonical.canonical_stage,
    stages.vendor_stage_id,
    stages.source_system
from stages
left join canonical
    on
        stages.source_system = canonical.source_system
        and stages.vendor_pipeline_id = canonical.vendor_pipeline_id
        and stages.vendor_stage_id = canonical.vendor_stage_id
