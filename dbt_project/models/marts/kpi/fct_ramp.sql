-- How a rep starts, beside those who started before: everybody's sales so far at the same age.
with months as (
    select
        period_start,
        period_end
    from {{ ref('dim_period') }}
    where period_grain = 'month'
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

activity_days as (
    select * from {{ ref('fct_activity_days') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

monthly as (
    select
        credited_owner_key as owner_key,
        cast(date_trunc('month', closed_on) as date) as month_start,
        sum(coalesce(amount_base, 0)) as sales_amount
    from opportunities
    where is_won and credited_owner_key is not null and closed_on <= {{ as_of_date() }}
    group by credited_owner_key, cast(date_trunc('month', closed_on) as date)
    union all
    select
        owner_key,
        cast(date_trunc('month', date_day) as date) as month_start,
        cast(0 as decimal(18, 2)) as sales_amount
    from activity_days
    where owner_key is not null
    group by owner_key, cast(date_trunc('month', date_day) as date)
),

starts as (
    select
        owner_key,
        min(month_start) as first_month
    from monthly
    group by owner_key
),

sold as (
    select
        owner_key,
        month_start,
        sum(sales_amount) as sales_amount
    from monthly
    group by owner_key, month_start
),

cumulated as (
    select
        starts.owner_key,
        starts.first_month,
        months.period_start,
        {{ months_between('starts.first_month', 'months.period_start') }} as months_since_start,
        sum(coalesce(sold.sales_amount, 0)) over (
            partition by starts.owner_key
            order by months.period_start asc
            rows between unbounded preceding and current row
        ) as cumulative_amount
    from starts
    inner join months on starts.first_month <= months.period_start
    left join sold
        on
            starts.owner_key = sold.owner_key
            and months.period_start = sold.month_start
),

-- All who started in one month have the same forerunners.
classes as (
    select
        first_month,
        months_since_start
    from cumulated
    group by first_month, months_since_start
),

benchmarks as (
    select
        classes.first_month,
        classes.months_since_start,
        count(*) as peer_count,
        {{ percentile(0.5, 'peers.cumulative_amount') }} as peer_median_amount
    from classes
    inner join cumulated as peers
        on
            classes.months_since_start = peers.months_since_start
            and classes.first_month > peers.first_month
    group by classes.first_month, classes.months_since_start
)

select
    cumulated.owner_key,
    coalesce(owners.owner_name, 'unknown') as owner_name,
    cumulated.first_month,
    cumulated.period_start,
    cumulated.months_since_start,
    cast(cumulated.cumulative_amount as decimal(18, 2)) as cumulative_amount,
    coalesce(benchmarks.peer_count, 0) as peer_count,
    benchmarks.peer_median_amount
from cumulated
left join benchmarks
    on
        cumulated.first_month = benchmarks.first_month
        and cumulated.months_since_start = benchmarks.months_since_start
left join owners on cumulated.owner_key = owners.owner_key
