with source as (
    select * from {{ source('raw_salesforce', 'user_roles') }}
)

select
    {{ text_or_null('Id') }} as user_role_id,
    {{ text_or_null('Name') }} as role_name,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
