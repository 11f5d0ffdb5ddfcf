with pipelines as (
    select * from {{ ref('int_crm__pipelines') }}
)

select
    pipeline_key,
    pipeline_name,
    source_system,
    vendor_pipeline_id
from pipelines
