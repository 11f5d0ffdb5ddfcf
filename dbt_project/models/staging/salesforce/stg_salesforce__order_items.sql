with source as (
    select * from {{ source('raw_salesforce', 'order_items') }}
)

select
    {{ text_or_null('Id') }} as order_item_id,
    {{ text_or_null('OrderId') }} as order_id,
    {{ text_or_null('Product2Id') }} as product_id,
    {{ to_decimal('Quantity', 4) }} as quantity,
    try_cast(UnitPrice as decimal(38, 10)) as unit_price,
    {{ to_decimal('TotalPrice', 2) }} as total_price,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
