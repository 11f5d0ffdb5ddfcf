with source as (
    select * from {{ source('raw_salesforce', 'events') }}
)

select
    {{ text_or_null('Id') }} as event_id,
    {{ text_or_null('Subject') }} as subject,
    try_cast(StartDateTime as timestamp) as starts_at,
    try_cast(EndDateTime as timestamp) as ends_at,
    try_cast(ActivityDate as date) as activity_on,
    try_cast(IsAllDayEvent as boolean) as is_all_day,
    {{ text_or_null('WhoId') }} as who_id,
    {{ text_or_null('WhatId') }} as what_id,
    {{ text_or_null('AccountId') }} as account_id,
    {{ text_or_null('OwnerId') }} as owner_id,
    try_cast(IsChild as boolean) as is_child,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
