with order_lines as (
    select * from {{ ref('int_salesforce__order_lines_conformed') }}
),

orders as (
    select * from {{ ref('int_crm__orders') }}
),

keyed as (
    select
        {{ vendor_key('order_line', 'order_lines.source_system', 'order_lines.vendor_id') }}
            as order_line_key,
        {{ vendor_key('order', 'order_lines.source_system', 'order_lines.vendor_order_id') }}
            as order_key,
        order_lines.product_key,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.net_amount
    from order_lines
)

select
    keyed.order_line_key,
    keyed.order_key,
    keyed.product_key,
    keyed.quantity,
    keyed.unit_price,
    keyed.net_amount,
    orders.currency_code
from keyed
-- Lines of deleted orders go with them.
inner join orders on keyed.order_key = orders.order_key
