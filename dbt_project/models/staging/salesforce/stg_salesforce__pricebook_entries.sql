with source as (
    select * from {{ source('raw_salesforce', 'pricebook_entries') }}
)

select
    {{ text_or_null('Id') }} as pricebook_entry_id,
    {{ text_or_null('Product2Id') }} as product_id,
    try_cast(UnitPrice as decimal(38, 10)) as unit_price,
    try_cast(IsActive as boolean) as is_active,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
