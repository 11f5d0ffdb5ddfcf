-- Each month, the segments together hold every account that had bought by then, once; the segment
-- of a quarter ago is the one that the account had in that month's own row.
with segments as (
    select * from {{ ref('fct_customer_segments') }}
),

scores as (
    select * from {{ ref('fct_customer_rfm') }}
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where
        kpi_id = 'repeat_customer_rate_lifetime'
        and period_grain = 'month'
        and dimension = 'total'
),

summed as (
    select
        month_start,
        sum(account_count) as account_count
    from segments
    group by month_start
),

remembered as (
    select
        now_there.account_key,
        now_there.month_start
    from scores as now_there
    inner join scores as then_there
        on
            now_there.account_key = then_there.account_key
            and now_there.month_start = cast(
                then_there.month_start + interval '3' month as date
            )
    where now_there.segment_a_quarter_ago is distinct from then_there.segment
)

select
    summed.month_start,
    'accounts' as wrong,
    summed.account_count,
    kpi_values.denominator as kpi_count
from summed
left join kpi_values on summed.month_start = kpi_values.period_start
where summed.account_count is distinct from kpi_values.denominator
union all
select
    month_start,
    'segment a quarter ago' as wrong,
    count(*) as account_count,
    cast(null as decimal(38, 10)) as kpi_count
from remembered
group by month_start
