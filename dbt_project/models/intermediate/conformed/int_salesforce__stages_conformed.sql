with stages as (
    select * from {{ ref('stg_salesforce__opportunity_stages') }}
    where not _is_deleted
)

select
    'salesforce' as source_system,
    'salesforce' as vendor_pipeline_id,
    'Salesforce' as pipeline_name,
    coalesce(api_name, stage_label) as vendor_stage_id,
    coalesce(stage_label, api_name) as stage_name,
    cast(sort_order as integer) as stage_order,
    cast(cast(default_probability_percent as double) / 100 as decimal(38, 10)) as probability,
    coalesce(is_closed, false) as is_closed,
    coalesce(is_won, false) as is_won,
    -- An inactive stage can no longer be chosen; the deals that passed it still name it.
    coalesce(is_active, true) as is_listed
from stages
