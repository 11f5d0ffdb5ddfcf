with source as (
    select * from {{ source('raw_salesforce', 'opportunity_contact_roles') }}
)

select
    {{ text_or_null('Id') }} as opportunity_contact_role_id,
    {{ text_or_null('OpportunityId') }} as opportunity_id,
    {{ text_or_null('ContactId') }} as contact_id,
    try_cast(IsPrimary as boolean) as is_primary,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
