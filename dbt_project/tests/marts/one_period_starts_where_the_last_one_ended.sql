-- The waterfall's start is the end of the period before, to the cent.
with waterfall as (
    select * from {{ ref('fct_pipeline_waterfall') }}
),

chained as (
    select
        period_grain,
        period_start,
        start_amount,
        start_count,
        lag(end_amount) over in_order as previous_end_amount,
        lag(end_count) over in_order as previous_end_count
    from waterfall
    -- A team may have no row for a quiet period; the total has one for each.
    where dimension = 'total'
    window in_order as (partition by period_grain order by period_start asc)
)

select
    period_grain,
    period_start,
    start_amount,
    previous_end_amount
from chained
where
    start_amount <> coalesce(previous_end_amount, 0)
    or start_count <> coalesce(previous_end_count, 0)
