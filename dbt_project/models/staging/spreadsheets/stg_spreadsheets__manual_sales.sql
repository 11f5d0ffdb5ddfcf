with source as (
    select * from {{ source('raw_spreadsheets', 'manual_sales') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('order_number') }} as order_number,
    cast(sold_on as date) as sold_on,
    {{ text_or_null('customer') }} as customer,
    lower({{ text_or_null('owner') }}) as owner_text,
    {{ text_or_null('region') }} as region,
    {{ text_or_null('sku') }} as sku,
    {{ text_or_null('product_name') }} as product_name,
    cast(quantity as decimal(18, 4)) as quantity,
    cast(unit_price as decimal(18, 4)) as unit_price,
    cast(discount as decimal(18, 4)) as discount,
    cast(amount as decimal(18, 2)) as amount,
    {{ text_or_null('currency_code') }} as currency_code,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
