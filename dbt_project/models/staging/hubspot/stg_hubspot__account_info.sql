with source as (
    select * from {{ source('raw_hubspot', 'account_info') }}
)

select
    {{ id_text('portalId') }} as portal_id,
    {{ text_or_null('companyCurrency') }} as company_currency_code,
    {{ text_or_null('timeZone') }} as time_zone,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
