with source as (
    select * from {{ source('raw_salesforce', 'campaign_members') }}
)

select
    {{ text_or_null('Id') }} as campaign_member_id,
    {{ text_or_null('CampaignId') }} as campaign_id,
    {{ text_or_null('LeadId') }} as lead_id,
    {{ text_or_null('ContactId') }} as contact_id,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
