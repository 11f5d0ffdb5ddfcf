with source as (
    select * from {{ source('raw_hubspot', 'line_items') }}
)

select
    {{ text_or_null('id') }} as line_item_id,
    {{ text_or_null('name') }} as line_item_name,
    {{ id_text('hs_product_id') }} as product_id,
    {{ to_decimal('quantity', 4) }} as quantity,
    try_cast(price as decimal(38, 10)) as unit_price,
    {{ to_decimal('amount', 2) }} as amount,
    {{ text_or_null('hs_sku') }} as sku,
    {{ text_or_null('hs_line_item_currency_code') }} as currency_code,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(createdate as timestamp)') }}
