with source as (
    select * from {{ source('raw_pipedrive', 'users') }}
)

select
    {{ text_or_null('id') }} as user_id,
    {{ text_or_null('name') }} as user_name,
    {{ text_or_null('email') }} as email,
    active_flag as is_active,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
