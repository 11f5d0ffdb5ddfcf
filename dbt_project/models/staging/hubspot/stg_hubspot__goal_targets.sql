with source as (
    select * from {{ source('raw_hubspot', 'goal_targets') }}
)

select
    {{ text_or_null('id') }} as goal_target_id,
    {{ text_or_null('hs_goal_type') }} as goal_type,
    try_cast(hs_target_amount as decimal(18, 2)) as target_amount,
    try_cast(hs_start_datetime as timestamp) as starts_at,
    try_cast(hs_end_datetime as timestamp) as ends_at,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(hs_createdate as timestamp)') }}
