with source as (
    select * from {{ source('raw_hubspot', 'tickets') }}
)

select
    {{ text_or_null('id') }} as ticket_id,
    {{ text_or_null('subject') }} as subject,
    {{ id_text('hs_pipeline') }} as pipeline_id,
    {{ id_text('hs_pipeline_stage') }} as stage_id,
    {{ text_or_null('hs_ticket_priority') }} as priority,
    {{ text_or_null('hs_ticket_category') }} as category,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(createdate as timestamp) as created_at,
    try_cast(closed_date as timestamp) as closed_at,
    try_cast(time_to_first_agent_reply as decimal(38, 10)) as first_reply_milliseconds,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(createdate as timestamp)') }}
