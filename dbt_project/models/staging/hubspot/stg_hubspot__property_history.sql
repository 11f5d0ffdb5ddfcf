with source as (
    select * from {{ source('raw_hubspot', 'property_history') }}
)

select
    {{ text_or_null('object_type') }} as object_type,
    {{ text_or_null('record_id') }} as record_id,
    {{ text_or_null('property') }} as property,
    try_cast(timestamp as timestamp) as changed_at,
    try_cast(ordinal as bigint) as ordinal,
    {{ text_or_null('value') }} as value,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
