with effectiveness as (
    select * from {{ ref('fct_campaign_effectiveness') }}
)

select
    period_grain,
    period_start,
    is_complete,
    dimension,
    dimension_key,
    dimension_value,
    spend_base,
    session_count,
    lead_count,
    qualified_count,
    opportunity_count,
    won_count,
    won_amount,
    attributed_won_count,
    attributed_won_amount,
    new_customer_count,
    roi,
    cost_per_lead,
    cost_per_customer
from effectiveness
