with report as (
    select * from {{ ref('fct_closing_reasons') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    outcome,
    reason,
    stage_key,
    stage_label,
    owner_key,
    owner_name,
    team_key,
    team_name,
    deal_type,
    deal_count,
    amount,
    amount_share,
    cycle_days,
    cycle_count,
    mean_cycle_days
from report
