with source as (
    select * from {{ source('raw_hubspot', 'owner_teams') }}
)

select
    {{ text_or_null('owner_id') }} as owner_id,
    {{ text_or_null('team_id') }} as team_id,
    {{ text_or_null('team_name') }} as team_name,
    try_cast(is_primary as boolean) as is_primary,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
