with source as (
    select * from {{ source('raw_hubspot', 'calls') }}
)

select
    {{ text_or_null('id') }} as call_id,
    try_cast(hs_timestamp as timestamp) as happens_at,
    {{ text_or_null('hs_call_title') }} as title,
    {{ text_or_null('hs_call_disposition') }} as disposition,
    {{ text_or_null('hs_call_status') }} as status,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(hs_createdate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(hs_createdate as timestamp)') }}
