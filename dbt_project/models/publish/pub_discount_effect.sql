with report as (
    select * from {{ ref('fct_discount_effect') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    deal_type,
    discount_band,
    band_order,
    won_count,
    lost_count,
    win_rate,
    won_amount,
    lost_amount,
    list_amount,
    discount_amount,
    discount_rate,
    won_cycle_days,
    lost_cycle_days
from report
