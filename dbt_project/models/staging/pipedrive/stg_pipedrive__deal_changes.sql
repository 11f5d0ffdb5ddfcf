with source as (
    select * from {{ source('raw_pipedrive', 'deal_changes') }}
)

select
    {{ text_or_null('deal_id') }} as deal_id,
    ordinal,
    try_cast(time as timestamp) as changed_at,
    {{ text_or_null('field_key') }} as field_key,
    {{ text_or_null('old_value') }} as old_value,
    {{ text_or_null('new_value') }} as new_value,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
