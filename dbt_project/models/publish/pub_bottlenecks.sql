with bottlenecks as (
    select * from {{ ref('fct_bottlenecks') }}
)

select
    quarter_start,
    is_complete,
    pipeline_key,
    pipeline_name,
    stage_key,
    stage_name,
    stage_order,
    entered_count,
    conversion_rate,
    is_mature,
    best_conversion_quarter,
    best_conversion_rate,
    later_rate,
    average_ticket,
    additional_won_deals,
    conversion_cost_amount,
    stay_count,
    median_days,
    best_duration_quarter,
    best_median_days,
    path_days,
    won_amount,
    duration_cost_amount,
    cost_amount,
    cost_reason,
    cost_rank,
    is_bottleneck
from bottlenecks
