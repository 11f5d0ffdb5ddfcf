with source as (
    select * from {{ source('raw_salesforce', 'leads') }}
)

select
    {{ text_or_null('Id') }} as lead_id,
    {{ text_or_null('Name') }} as lead_name,
    {{ text_or_null('FirstName') }} as first_name,
    {{ text_or_null('LastName') }} as last_name,
    {{ text_or_null('Email') }} as email,
    {{ text_or_null('Phone') }} as phone,
    {{ text_or_null('Country') }} as country,
    {{ text_or_null('Title') }} as job_title,
    {{ text_or_null('LeadSource') }} as lead_source,
    {{ text_or_null('OwnerId') }} as owner_id,
    -- Not yet converted when that came later.
    try_cast(IsConverted as boolean) and {{ existed('try_cast(ConvertedDate as timestamp)') }}
        as is_converted,
    case
        when {{ existed('try_cast(ConvertedDate as timestamp)') }}
            then try_cast(ConvertedDate as date)
    end as converted_on,
    {{ text_or_null('ConvertedAccountId') }} as converted_account_id,
    {{ text_or_null('ConvertedContactId') }} as converted_contact_id,
    {{ text_or_null('ConvertedOpportunityId') }} as converted_opportunity_id,
    {{ merged_into(text_or_null('MasterRecordId')) }} as master_record_id,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
