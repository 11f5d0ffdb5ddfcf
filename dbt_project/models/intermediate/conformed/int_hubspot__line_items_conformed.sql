with line_items as (
    select * from {{ ref('stg_hubspot__line_items') }}
    -- A line that was taken off a deal is no part of it.
    where not _is_deleted
),

-- A line item belongs to one deal; lines of quotes alone have none and are left out.
deals as (
    select
        from_id as line_item_id,
        min(to_id) as deal_id
    from {{ ref('stg_hubspot__associations') }}
    where from_type = 'line_items' and to_type = 'deals' and not _is_deleted
    group by from_id
),

products as (
    select * from {{ ref('int_hubspot__products_conformed') }}
)

select
    'hubspot' as source_system,
    line_items.line_item_id as vendor_id,
    deals.deal_id as vendor_opportunity_id,
    coalesce(
        products.product_key,
        {{ product_key("'hubspot'", 'line_items.sku', 'line_items.product_id') }}
    ) as product_key,
    line_items.line_item_name,
    line_items.quantity,
    {{ to_decimal('line_items.unit_price', 2) }} as unit_price,
    {{ to_decimal('line_items.unit_price', 2) }} as list_price,
    line_items.amount as net_amount,
    line_items.currency_code
from line_items
inner join deals on line_items.line_item_id = deals.line_item_id
left join products on line_items.product_id = products.vendor_id
