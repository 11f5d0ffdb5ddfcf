with report as (
    select * from {{ ref('fct_price_effect') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    product_key,
    product_name,
    product_family,
    price_level,
    level_order,
    median_unit_price,
    won_count,
    lost_count,
    win_rate,
    won_amount,
    lost_amount,
    won_units
from report
