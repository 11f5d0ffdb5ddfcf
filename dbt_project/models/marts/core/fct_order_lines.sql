with lines as (
    select * from {{ ref('int_crm__order_lines') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
)

select
    lines.order_line_key,
    lines.order_key,
    orders.account_key,
    orders.opportunity_key,
    orders.ordered_on,
    orders.is_return,
    lines.product_key,
    products.product_name,
    products.product_family,
    lines.quantity,
    -- A vendor may write a return with or without the sign; what came back is positive here.
    case when orders.is_return then abs(lines.quantity) end as returned_quantity,
    lines.unit_price,
    lines.net_amount,
    lines.currency_code,
    {{ to_base_currency('lines.net_amount', 'rates.rate_to_base') }} as net_amount_base
from lines
-- Inner: lines of orders of excluded accounts stay out.
inner join orders on lines.order_key = orders.order_key
left join products on lines.product_key = products.product_key
left join rates
    on
        lines.currency_code = rates.currency_code
        and orders.ordered_on = rates.rate_on
