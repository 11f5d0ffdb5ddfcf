-- What the customers brought in the last 365 days is all that was won in them.
with profitability as (
    select * from {{ ref('fct_customer_profitability') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

reported as (
    select
        coalesce(sum(won_count), 0) as won_count,
        coalesce(sum(net_sales), 0) as net_sales
    from profitability
),

won as (
    select
        count(*) as won_count,
        coalesce(sum(amount_base), 0) as net_sales
    from opportunities
    where
        is_won
        and account_key is not null
        and closed_on > {{ add_days(as_of_date(), -365) }}
        and closed_on <= {{ as_of_date() }}
)

select
    reported.won_count,
    reported.net_sales,
    won.won_count as all_won_count,
    won.net_sales as all_net_sales
from reported
cross join won
where reported.won_count <> won.won_count or reported.net_sales <> won.net_sales
