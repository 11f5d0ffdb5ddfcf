with order_items as (
    select * from {{ ref('stg_salesforce__order_items') }}
    where not _is_deleted
),

products as (
    select * from {{ ref('int_salesforce__products_conformed') }}
)

select
    'salesforce' as source_system,
    order_items.order_item_id as vendor_id,
    order_items.order_id as vendor_order_id,
    products.product_key,
    order_items.quantity,
    {{ to_decimal('order_items.unit_price', 2) }} as unit_price,
    order_items.total_price as net_amount
from order_items
left join products on order_items.product_id = products.vendor_id
