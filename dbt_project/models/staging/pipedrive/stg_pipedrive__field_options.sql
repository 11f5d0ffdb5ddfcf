with source as (
    select * from {{ source('raw_pipedrive', 'field_options') }}
)

select
    {{ text_or_null('object_type') }} as object_type,
    {{ text_or_null('field_code') }} as field_code,
    {{ text_or_null('option_id') }} as option_id,
    {{ text_or_null('label') }} as option_label,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
