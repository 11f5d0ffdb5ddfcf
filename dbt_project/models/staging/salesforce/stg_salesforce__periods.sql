with source as (
    select * from {{ source('raw_salesforce', 'periods') }}
)

select
    {{ text_or_null('Id') }} as period_id,
    {{ text_or_null('Type') }} as period_type,
    try_cast(StartDate as date) as starts_on,
    try_cast(EndDate as date) as ends_on,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
