with report as (
    select * from {{ ref('fct_customer_purchases') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    account_key,
    account_name,
    country_code,
    industry,
    size_band,
    deal_count,
    coupon_deal_count,
    product_count,
    product_family_count,
    units,
    list_amount,
    net_amount,
    discount_amount,
    discount_rate,
    top_product_key,
    top_product_name,
    top_product_net_amount
from report
