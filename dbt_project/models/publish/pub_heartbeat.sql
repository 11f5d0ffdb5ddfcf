with heartbeat as (
    select * from {{ ref('fct_heartbeat') }}
)

select
    kpi_id,
    kpi_family,
    unit,
    period_grain,
    period_start,
    period_end,
    dimension,
    dimension_key,
    dimension_value,
    value,
    n,
    is_mature,
    previous_value,
    previous_to_date_value,
    last_year_value,
    last_year_to_date_value,
    moved_by,
    direction,
    goal_value,
    goal_to_date,
    goal_rule,
    status,
    trend,
    driver_dimension,
    driver_value,
    driver_change,
    excluded_record_count
from heartbeat
