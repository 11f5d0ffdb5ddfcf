with totals as (
    select * from {{ ref('fct_customer_segments') }}
)

select
    month_start,
    measured_on,
    segment,
    segment_a_quarter_ago,
    account_count,
    purchase_count,
    purchase_amount
from totals
