with source as (
    select * from {{ source('raw_hubspot', 'tasks') }}
)

select
    {{ text_or_null('id') }} as task_id,
    try_cast(hs_timestamp as timestamp) as due_at,
    {{ text_or_null('hs_task_subject') }} as subject,
    {{ text_or_null('hs_task_status') }} as status,
    try_cast(hs_task_completion_date as timestamp) as completed_at,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(hs_createdate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(hs_createdate as timestamp)') }}
