with source as (
    select * from {{ source('raw_salesforce', 'contracts') }}
)

select
    {{ text_or_null('Id') }} as contract_id,
    {{ text_or_null('AccountId') }} as account_id,
    {{ text_or_null('Status') }} as status,
    {{ text_or_null('StatusCode') }} as status_code,
    try_cast(StartDate as date) as starts_on,
    try_cast(EndDate as date) as ends_on,
    try_cast(ActivatedDate as timestamp) as activated_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
