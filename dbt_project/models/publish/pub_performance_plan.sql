with performance_plan as (
    select * from {{ ref('fct_performance_plan') }}
)

select
    kpi_id,
    dimension,
    dimension_key,
    dimension_value,
    period_grain,
    period_start,
    period_end,
    is_complete,
    unit,
    goal_rule,
    goal_value,
    goal_to_date,
    start_value,
    value,
    checkpoint_1_on,
    checkpoint_1_expected,
    checkpoint_1_value,
    checkpoint_2_on,
    checkpoint_2_expected,
    checkpoint_2_value,
    checkpoint_3_on,
    checkpoint_3_expected,
    checkpoint_3_value,
    checkpoint_4_on,
    checkpoint_4_expected,
    checkpoint_4_value,
    status,
    is_on_track
from performance_plan
