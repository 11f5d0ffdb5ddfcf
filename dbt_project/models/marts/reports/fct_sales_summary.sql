-- One line per period for the cover of the sale report; an empty period is shown as empty.
with periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

customers as (
    select * from {{ ref('fct_customer_purchases') }}
),

products as (
    select * from {{ ref('fct_product_sales') }}
),

bought as (
    select
        period_grain,
        period_start,
        count_if(account_key <> 'unknown') as customer_count,
        sum(deal_count) as deal_count,
        sum(coupon_deal_count) as coupon_deal_count,
        sum(case when account_key <> 'unknown' then product_count else 0 end) as products_bought,
        sum(units) as units,
        sum(list_amount) as list_amount,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount
    from customers
    group by period_grain, period_start
),

-- The report is of lines: a deal without any is sold too, and an amount may be changed by hand.
won as (
    select
        period_grain,
        period_start,
        sum(deal_count) as won_count,
        sum(amount) as sales_amount
    from {{ ref('fct_closing_reasons') }}
    where outcome = 'won'
    group by period_grain, period_start
),

best as (
    select
        period_grain,
        period_start,
        product_key,
        product_name,
        net_amount,
        amount_share,
        row_number() over (
            partition by period_grain, period_start
            order by amount_rank asc nulls last, units_rank asc nulls last, product_key asc
        ) as choice
    from products
    where is_best_seller
)

select
    periods.period_grain,
    periods.period_start,
    periods.period_end,
    periods.is_complete,
    cast(coalesce(won.won_count, 0) as bigint) as won_count,
    cast(coalesce(won.sales_amount, 0) as decimal(38, 2)) as sales_amount,
    cast(coalesce(bought.customer_count, 0) as bigint) as customer_count,
    cast(coalesce(bought.deal_count, 0) as bigint) as deal_count,
    cast(coalesce(bought.coupon_deal_count, 0) as bigint) as coupon_deal_count,
    cast(coalesce(bought.units, 0) as decimal(38, 4)) as units,
    cast(coalesce(bought.list_amount, 0) as decimal(38, 2)) as list_amount,
    cast(coalesce(bought.net_amount, 0) as decimal(38, 2)) as net_amount,
    cast(coalesce(bought.discount_amount, 0) as decimal(38, 2)) as discount_amount,
    {{ safe_divide('bought.discount_amount', 'bought.list_amount') }} as discount_rate,
    {{ safe_divide('bought.products_bought', 'bought.customer_count') }} as products_per_customer,
    best.product_key as top_product_key,
    best.product_name as top_product_name,
    best.net_amount as top_product_net_amount,
    best.amount_share as top_product_amount_share
from periods
left join bought
    on
        periods.period_grain = bought.period_grain
        and periods.period_start = bought.period_start
left join won
    on
        periods.period_grain = won.period_grain
        and periods.period_start = won.period_start
left join best
    on
        periods.period_grain = best.period_grain
        and periods.period_start = best.period_start
        and best.choice = 1
