with source as (
    select * from {{ source('raw_pipedrive', 'deal_products') }}
)

select
    {{ text_or_null('id') }} as deal_product_id,
    {{ text_or_null('deal_id') }} as deal_id,
    {{ text_or_null('product_id') }} as product_id,
    {{ text_or_null('name') }} as product_name,
    quantity,
    {{ to_decimal('item_price', 2) }} as item_price,
    {{ to_decimal('sum', 2) }} as amount,
    {{ text_or_null('currency') }} as currency_code,
    is_enabled,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(add_time as timestamp)') }}
