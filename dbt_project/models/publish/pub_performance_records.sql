with performance_records as (
    select * from {{ ref('fct_performance_records') }}
)

select
    kpi_id,
    pack_position,
    period_grain,
    period_start,
    period_end,
    is_complete,
    dimension,
    dimension_key,
    dimension_value,
    numerator,
    denominator,
    value,
    n,
    previous_value,
    goal_value,
    goal_to_date,
    goal_rule,
    goal_share,
    status,
    unit
from performance_records
