-- A product has a row in each period in which it was sold or came back, and in the one after it, so
-- that a fall to nothing is seen.
with report as (
    select * from {{ ref('fct_sale_report') }}
),

returns as (
    select * from {{ ref('fct_order_lines') }}
    where is_return
),

products as (
    select * from {{ ref('dim_product') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

sold as (
    select
        period_grain,
        period_start,
        product_key,
        sum(line_count) as line_count,
        sum(units) as units,
        sum(list_amount) as list_amount,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        count(distinct case when account_key <> 'unknown' then account_key end) as buyer_count,
        cast(0 as decimal(38, 4)) as returned_units,
        cast(0 as decimal(38, 2)) as returned_amount
    from report
    group by period_grain, period_start, product_key
),

came_back as (
    select
        days.period_grain,
        days.period_start,
        coalesce(returns.product_key, 'unknown') as product_key,
        0 as line_count,
        0 as units,
        0 as list_amount,
        0 as net_amount,
        0 as discount_amount,
        0 as buyer_count,
        coalesce(sum(returns.returned_quantity), 0) as returned_units,
        coalesce(sum(abs(returns.net_amount_base)), 0) as returned_amount
    from returns
    inner join days on returns.ordered_on = days.date_day
    group by days.period_grain, days.period_start, coalesce(returns.product_key, 'unknown')
),

-- The period after, with nothing of its own.
followed as (
    select
        both_sides.period_grain,
        later.period_start,
        both_sides.product_key,
        0 as line_count,
        0 as units,
        0 as list_amount,
        0 as net_amount,
        0 as discount_amount,
        0 as buyer_count,
        0 as returned_units,
        0 as returned_amount
    from (
        select
            period_grain,
            period_start,
            product_key
        from sold
        union
        select
            period_grain,
            period_start,
            product_key
        from came_back
    ) as both_sides
    inner join periods as earlier
        on
            both_sides.period_grain = earlier.period_grain
            and both_sides.period_start = earlier.period_start
    inner join periods as later
        on
            earlier.period_grain = later.period_grain
            and earlier.period_end = later.period_start
),

movements as (
    select * from sold
    union all
    select * from came_back
    union all
    select * from followed
),

summed as (
    select
        period_grain,
        period_start,
        product_key,
        sum(line_count) as line_count,
        sum(units) as units,
        sum(list_amount) as list_amount,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        sum(buyer_count) as buyer_count,
        sum(returned_units) as returned_units,
        sum(returned_amount) as returned_amount
    from movements
    group by period_grain, period_start, product_key
),

named as (
    select
        summed.period_grain,
        summed.period_start,
        periods.period_end,
        periods.is_complete,
        summed.product_key,
        coalesce(products.product_name, 'unknown') as product_name,
        coalesce(products.product_family, 'unknown') as product_family,
        products.sku,
        summed.line_count,
        summed.units,
        summed.returned_units,
        summed.units - summed.returned_units as net_units,
        summed.list_amount,
        summed.net_amount,
        summed.discount_amount,
        summed.returned_amount,
        summed.buyer_count,
        -- What has no product, and what was not sold, cannot be the best seller.
        case when summed.product_key <> 'unknown' and summed.line_count > 0 then 1 else 0 end
            as is_ranked
    from summed
    inner join periods
        on
            summed.period_grain = periods.period_grain
            and summed.period_start = periods.period_start
    left join products on summed.product_key = products.product_key
)

select
    named.period_grain,
    named.period_start,
    named.period_end,
    named.is_complete,
    named.product_key,
    named.product_name,
    named.product_family,
    named.sku,
    cast(named.line_count as bigint) as line_count,
    cast(named.units as decimal(38, 4)) as units,
    cast(named.returned_units as decimal(38, 4)) as returned_units,
    cast(named.net_units as decimal(38, 4)) as net_units,
    cast(named.list_amount as decimal(38, 2)) as list_amount,
    cast(named.net_amount as decimal(38, 2)) as net_amount,
    cast(named.discount_amount as decimal(38, 2)) as discount_amount,
    {{ safe_divide('named.discount_amount', 'named.list_amount') }} as discount_rate,
    cast(named.returned_amount as decimal(38, 2)) as returned_amount,
    cast(named.buyer_count as bigint) as buyer_count,
    {{ safe_divide('named.net_units', 'named.buyer_count') }} as units_per_customer,
    {{ safe_divide('named.net_amount', 'sum(named.net_amount) over in_period') }} as amount_share,
    case when named.is_ranked = 1 then rank() over by_amount end as amount_rank,
    case when named.is_ranked = 1 then rank() over by_units end as units_rank,
    named.is_ranked = 1 and rank() over by_amount = 1 as is_best_seller,
    cast(coalesce(previous.net_amount, 0) as decimal(38, 2)) as previous_net_amount,
    cast(coalesce(previous.net_units, 0) as decimal(38, 4)) as previous_net_units,
    {{ safe_divide('named.net_amount - previous.net_amount', 'previous.net_amount') }}
        as amount_growth
from named
left join named as previous
    on
        named.period_grain = previous.period_grain
        and named.period_start = previous.period_end
        and named.product_key = previous.product_key
window
    by_amount as (
        partition by named.period_grain, named.period_start, named.is_ranked
        order by named.net_amount desc
    ),
    by_units as (
        partition by named.period_grain, named.period_start, named.is_ranked
        order by named.net_units desc
    ),
    in_period as (partition by named.period_grain, named.period_start)
