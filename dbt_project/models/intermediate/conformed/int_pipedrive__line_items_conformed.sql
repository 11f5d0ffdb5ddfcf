with line_items as (
    select * from {{ ref('stg_pipedrive__deal_products') }}
    -- A line that is switched off is no part of the deal's value.
    where not _is_deleted and coalesce(is_enabled, true)
),

products as (
    select * from {{ ref('int_pipedrive__products_conformed') }}
)

select
    'pipedrive' as source_system,
    line_items.deal_product_id as vendor_id,
    line_items.deal_id as vendor_opportunity_id,
    coalesce(
        products.product_key,
        {{ product_key("'pipedrive'", 'cast(null as string)', 'line_items.product_id') }}
    ) as product_key,
    line_items.product_name as line_item_name,
    line_items.quantity,
    line_items.item_price as unit_price,
    line_items.item_price as list_price,
    line_items.amount as net_amount,
    line_items.currency_code
from line_items
left join products on line_items.product_id = products.vendor_id
