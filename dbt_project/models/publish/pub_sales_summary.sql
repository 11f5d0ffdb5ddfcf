with report as (
    select * from {{ ref('fct_sales_summary') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    won_count,
    sales_amount,
    customer_count,
    deal_count,
    coupon_deal_count,
    units,
    list_amount,
    net_amount,
    discount_amount,
    discount_rate,
    products_per_customer,
    top_product_key,
    top_product_name,
    top_product_net_amount,
    top_product_amount_share
from report
