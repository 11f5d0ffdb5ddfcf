with source as (
    select * from {{ source('raw_salesforce', 'tasks') }}
)

select
    {{ text_or_null('Id') }} as task_id,
    {{ text_or_null('Subject') }} as subject,
    {{ text_or_null('Status') }} as status,
    try_cast(ActivityDate as date) as activity_on,
    try_cast(CompletedDateTime as timestamp) as completed_at,
    try_cast(IsClosed as boolean) as is_closed,
    {{ text_or_null('WhoId') }} as who_id,
    {{ text_or_null('WhatId') }} as what_id,
    {{ text_or_null('AccountId') }} as account_id,
    {{ text_or_null('OwnerId') }} as owner_id,
    {{ text_or_null('TaskSubtype') }} as task_subtype,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
