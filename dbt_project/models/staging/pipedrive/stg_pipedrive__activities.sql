with source as (
    select * from {{ source('raw_pipedrive', 'activities') }}
)

select
    {{ text_or_null('id') }} as activity_id,
    {{ text_or_null('subject') }} as subject,
    {{ text_or_null('type') }} as activity_type,
    {{ text_or_null('owner_id') }} as owner_id,
    {{ text_or_null('deal_id') }} as deal_id,
    {{ text_or_null('person_id') }} as person_id,
    {{ text_or_null('org_id') }} as organization_id,
    due_date as due_on,
    {{ text_or_null('due_time') }} as due_time,
    done as is_done,
    try_cast(marked_as_done_time as timestamp) as done_at,
    try_cast(add_time as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(add_time as timestamp)') }}
