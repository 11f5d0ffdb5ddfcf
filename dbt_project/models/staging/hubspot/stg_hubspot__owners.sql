with source as (
    select * from {{ source('raw_hubspot', 'owners') }}
)

select
    {{ text_or_null('id') }} as owner_id,
    {{ text_or_null('email') }} as email,
    {{ text_or_null('type') }} as owner_type,
    {{ text_or_null('firstName') }} as first_name,
    {{ text_or_null('lastName') }} as last_name,
    try_cast(createdAt as timestamp) as created_at,
    try_cast(archived as boolean) as is_archived,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
