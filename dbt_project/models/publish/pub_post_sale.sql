with post_sale as (
    select * from {{ ref('fct_post_sale') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    segment_kind,
    segment_key,
    segment_name,
    csat_answer_count,
    csat,
    nps_answer_count,
    nps,
    ticket_count,
    complaint_count,
    complaint_rate,
    open_ticket_count,
    answered_ticket_count,
    first_response_hours,
    first_response_hours_median,
    resolved_ticket_count,
    resolution_hours,
    resolution_hours_median,
    sold_order_count,
    returned_order_count,
    return_rate,
    sold_amount,
    returned_amount,
    return_value_rate,
    satisfied_people_count,
    satisfied_repurchase_rate,
    unsatisfied_people_count,
    unsatisfied_repurchase_rate,
    is_repurchase_mature
from post_sale
