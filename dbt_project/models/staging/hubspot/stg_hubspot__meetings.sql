with source as (
    select * from {{ source('raw_hubspot', 'meetings') }}
)

select
    {{ text_or_null('id') }} as meeting_id,
    try_cast(hs_timestamp as timestamp) as happens_at,
    {{ text_or_null('hs_meeting_title') }} as title,
    {{ text_or_null('hs_meeting_outcome') }} as outcome,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(hs_createdate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(hs_createdate as timestamp)') }}
