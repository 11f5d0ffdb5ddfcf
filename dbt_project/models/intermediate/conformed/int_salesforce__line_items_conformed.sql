with line_items as (
    select * from {{ ref('stg_salesforce__opportunity_line_items') }}
    -- A line that was taken off an opportunity is no part of it.
    where not _is_deleted
),

products as (
    select * from {{ ref('int_salesforce__products_conformed') }}
)

select
    'salesforce' as source_system,
    line_items.opportunity_line_item_id as vendor_id,
    line_items.opportunity_id as vendor_opportunity_id,
    coalesce(
        products.product_key,
        {{ product_key("'salesforce'", 'null', 'line_items.product_id') }}
    ) as product_key,
    line_items.line_item_name,
    line_items.quantity,
    {{ to_decimal('line_items.unit_price', 2) }} as unit_price,
    -- The price book's. Without it no discount is known, and the sales price does not stand in.
    {{ to_decimal('line_items.list_price', 2) }} as list_price,
    line_items.total_price as net_amount,
    line_items.currency_code
from line_items
left join products on line_items.product_id = products.vendor_id
