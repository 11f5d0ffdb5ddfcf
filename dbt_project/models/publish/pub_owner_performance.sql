with performance as (
    select * from {{ ref('fct_owner_performance') }}
)

select
    owner_key,
    owner_name,
    team_key,
    team_name,
    period_grain,
    period_start,
    period_end,
    is_complete,
    won_count,
    lost_count,
    sales_amount,
    win_rate,
    average_deal_size,
    sales_cycle_days,
    activities_completed,
    open_pipeline_count,
    open_pipeline_amount,
    target_amount,
    targeted_sales_amount,
    attainment
from performance
