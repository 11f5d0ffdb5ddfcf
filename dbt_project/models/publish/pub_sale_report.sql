with report as (
    select * from {{ ref('fct_sale_report') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    product_key,
    product_name,
    product_family,
    account_key,
    account_name,
    country_code,
    industry,
    size_band,
    discount_kind,
    line_count,
    deal_count,
    coupon_deal_count,
    units,
    list_amount,
    net_amount,
    discount_amount,
    discount_rate,
    lines_without_list_price,
    lines_without_amount
from report
