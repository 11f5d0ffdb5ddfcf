with goals as (
    select * from {{ ref('fct_goals') }}
)

select
    kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    goal_rule,
    goal_value,
    goal_to_date,
    target_count,
    is_whole
from goals
