with source as (
    select * from {{ source('raw_salesforce', 'organizations') }}
)

select
    {{ text_or_null('Id') }} as organization_id,
    {{ text_or_null('DefaultCurrencyIsoCode') }} as default_currency_code,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
