with report as (
    select * from {{ ref('fct_product_sales') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    product_key,
    product_name,
    product_family,
    sku,
    line_count,
    units,
    returned_units,
    net_units,
    list_amount,
    net_amount,
    discount_amount,
    discount_rate,
    returned_amount,
    buyer_count,
    units_per_customer,
    amount_share,
    amount_rank,
    units_rank,
    is_best_seller,
    previous_net_amount,
    previous_net_units,
    amount_growth
from report
