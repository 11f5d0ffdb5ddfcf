with source as (
    select * from {{ source('raw_hubspot', 'associations') }}
)

select
    {{ text_or_null('from_type') }} as from_type,
    {{ text_or_null('from_id') }} as from_id,
    {{ text_or_null('to_type') }} as to_type,
    {{ text_or_null('to_id') }} as to_id,
    try_cast(type_id as bigint) as association_type_id,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
