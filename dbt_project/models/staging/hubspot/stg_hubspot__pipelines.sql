with source as (
    select * from {{ source('raw_hubspot', 'pipelines') }}
)

select
    {{ text_or_null('object_type') }} as object_type,
    {{ text_or_null('id') }} as pipeline_id,
    {{ text_or_null('label') }} as pipeline_label,
    try_cast(displayOrder as bigint) as display_order,
    try_cast(archived as boolean) as is_archived,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
