with source as (
    select * from {{ source('raw_salesforce', 'opportunity_field_history') }}
)

select
    {{ text_or_null('Id') }} as opportunity_field_history_id,
    {{ text_or_null('OpportunityId') }} as opportunity_id,
    {{ text_or_null('Field') }} as field,
    {{ text_or_null('OldValue') }} as old_value,
    {{ text_or_null('NewValue') }} as new_value,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
