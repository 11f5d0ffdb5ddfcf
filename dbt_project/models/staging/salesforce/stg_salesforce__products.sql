with source as (
    select * from {{ source('raw_salesforce', 'products') }}
)

select
    {{ text_or_null('Id') }} as product_id,
    {{ text_or_null('Name') }} as product_name,
    {{ text_or_null('ProductCode') }} as product_code,
    {{ text_or_null('Family') }} as product_family,
    {{ text_or_null('StockKeepingUnit') }} as stock_keeping_unit,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
