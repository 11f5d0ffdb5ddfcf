with source as (
    select * from {{ source('raw_hubspot', 'teams') }}
)

select
    {{ text_or_null('id') }} as team_id,
    {{ text_or_null('name') }} as team_name,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
