-- What was won and lost in a year is the same in the KPIs, in the list of deals, in the owners'
-- performance, and in the reports on discounts and on reasons; to the cent.
with deals as (
    select * from {{ ref('fct_opportunities') }}
    where is_closed
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain = 'year'
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where period_grain = 'year' and dimension = 'total'
),

by_deal as (
    select
        days.period_start,
        count_if(deals.is_won) as won_count,
        count_if(deals.is_lost) as lost_count,
        coalesce(sum(deals.amount_base) filter (where deals.is_won), 0) as won_amount,
        coalesce(sum(deals.amount_base) filter (where deals.is_lost), 0) as lost_amount
    from deals
    inner join days on deals.closed_on = days.date_day
    group by days.period_start
),

told as (
    select
        'kpi' as place,
        period_start,
        max(case when kpi_id = 'deals_won' then value end) as won_count,
        max(case when kpi_id = 'deals_lost' then value end) as lost_count,
        max(case when kpi_id = 'sales_amount' then value end) as won_amount,
        max(case when kpi_id = 'lost_amount' then value end) as lost_amount
    from kpi_values
    where kpi_id in ('deals_won', 'deals_lost', 'sales_amount', 'lost_amount')
    group by period_start
    union all
    select
        'owners' as place,
        period_start,
        sum(won_count) as won_count,
        sum(lost_count) as lost_count,
        sum(sales_amount) as won_amount,
        cast(null as decimal(38, 2)) as lost_amount
    from {{ ref('pub_owner_performance') }}
    where period_grain = 'year'
    group by period_start
    union all
    select
        'discounts' as place,
        period_start,
        sum(won_count) as won_count,
        sum(lost_count) as lost_count,
        sum(won_amount) as won_amount,
        sum(lost_amount) as lost_amount
    from {{ ref('fct_discount_effect') }}
    where period_grain = 'year'
    group by period_start
    union all
    select
        'reasons' as place,
        period_start,
        sum(case when outcome = 'won' then deal_count else 0 end) as won_count,
        sum(case when outcome = 'lost' then deal_count else 0 end) as lost_count,
        sum(case when outcome = 'won' then amount else 0 end) as won_amount,
        sum(case when outcome = 'lost' then amount else 0 end) as lost_amount
    from {{ ref('fct_closing_reasons') }}
    where period_grain = 'year'
    group by period_start
),

places as (
    select distinct place
    from told
),

expected as (
    select
        places.place,
        by_deal.period_start,
        by_deal.won_count,
        by_deal.lost_count,
        by_deal.won_amount,
        by_deal.lost_amount
    from places
    cross join by_deal
)

select
    coalesce(expected.place, told.place) as place,
    coalesce(expected.period_start, told.period_start) as period_start,
    expected.won_amount as amount_by_deal,
    told.won_amount as amount_told
from expected
full outer join told
    on
        expected.place = told.place
        and expected.period_start = told.period_start
where
    coalesce(expected.won_count, 0) is distinct from told.won_count
    or coalesce(expected.lost_count, 0) is distinct from told.lost_count
    or coalesce(expected.won_amount, 0) is distinct from told.won_amount
    or (
        told.place <> 'owners'
        and coalesce(expected.lost_amount, 0) is distinct from told.lost_amount
    )
