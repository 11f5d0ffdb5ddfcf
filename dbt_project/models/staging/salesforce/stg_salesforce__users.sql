with source as (
    select * from {{ source('raw_salesforce', 'users') }}
)

select
    {{ text_or_null('Id') }} as user_id,
    {{ text_or_null('Name') }} as user_name,
    {{ text_or_null('Email') }} as email,
    try_cast(IsActive as boolean) as is_active,
    {{ text_or_null('UserRoleId') }} as user_role_id,
    {{ text_or_null('UserType') }} as user_type,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
