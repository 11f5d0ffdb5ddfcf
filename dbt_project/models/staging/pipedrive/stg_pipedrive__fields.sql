with source as (
    select * from {{ source('raw_pipedrive', 'fields') }}
)

select
    {{ text_or_null('object_type') }} as object_type,
    {{ text_or_null('field_code') }} as field_code,
    {{ text_or_null('field_name') }} as field_name,
    is_custom_field,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
