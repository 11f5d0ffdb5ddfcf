with scores as (
    select * from {{ ref('fct_customer_rfm') }}
)

select
    month_start,
    measured_on,
    segment,
    coalesce(segment_a_quarter_ago, 'none') as segment_a_quarter_ago,
    count(*) as account_count,
    cast(sum(frequency) as bigint) as purchase_count,
    cast(sum(monetary_amount) as decimal(18, 2)) as purchase_amount
from scores
group by month_start, measured_on, segment, segment_a_quarter_ago
