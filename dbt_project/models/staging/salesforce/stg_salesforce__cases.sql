with source as (
    select * from {{ source('raw_salesforce', 'cases') }}
)

select
    {{ text_or_null('Id') }} as case_id,
    {{ text_or_null('Subject') }} as subject,
    {{ text_or_null('Status') }} as status,
    try_cast(IsClosed as boolean) as is_closed,
    {{ text_or_null('Priority') }} as priority,
    {{ text_or_null('Reason') }} as reason,
    {{ text_or_null('Type') }} as case_type,
    {{ text_or_null('AccountId') }} as account_id,
    {{ text_or_null('ContactId') }} as contact_id,
    {{ text_or_null('OwnerId') }} as owner_id,
    try_cast(ClosedDate as timestamp) as closed_at,
    {{ merged_into(text_or_null('MasterRecordId')) }} as master_record_id,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
