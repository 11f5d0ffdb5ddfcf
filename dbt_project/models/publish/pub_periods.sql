with periods as (
    select * from {{ ref('dim_period') }}
)

select
    period_grain,
    period_start,
    period_end,
    last_day,
    measured_at,
    measured_on,
    is_complete
from periods
