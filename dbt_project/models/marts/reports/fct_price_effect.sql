-- Whether a price below or above the product's usual one goes with winning.
with lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    -- A price needs a product, units and an amount.
    where
        is_closed
        and closed_on is not null
        and product_key is not null
        and quantity > 0
        and net_amount_base is not null
),

products as (
    select * from {{ ref('dim_product') }}
),

levels as (
    select * from {{ ref('price_levels') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
),

-- A deal that holds a product on several lines has one price for it.
offers as (
    select
        opportunity_key,
        product_key,
        closed_on,
        is_won,
        sum(quantity) as units,
        sum(net_amount_base) as net_amount,
        {{ safe_divide('sum(net_amount_base)', 'sum(quantity)') }} as unit_price
    from lines
    group by opportunity_key, product_key, closed_on, is_won
),

medians as (
    select
        product_key,
        {{ percentile(0.5, 'unit_price') }} as median_unit_price
    from offers
    group by product_key
    -- With fewer offers there is no usual price.
    having count(*) >= {{ var('price_level_min_lines') }}
),

compared as (
    select
        offers.product_key,
        offers.closed_on,
        offers.is_won,
        offers.units,
        offers.net_amount,
        medians.median_unit_price,
        cast(
            round({{ safe_divide('offers.unit_price', 'medians.median_unit_price') }}, 4)
            as decimal(18, 4)
        ) as price_ratio
    from offers
    -- Inner: products without a usual price are not compared.
    inner join medians on offers.product_key = medians.product_key
),

summed as (
    select
        days.period_grain,
        days.period_start,
        compared.product_key,
        levels.price_level,
        levels.level_order,
        max(compared.median_unit_price) as median_unit_price,
        count_if(compared.is_won) as won_count,
        count_if(not compared.is_won) as lost_count,
        coalesce(sum(compared.net_amount) filter (where compared.is_won), 0) as won_amount,
        coalesce(sum(compared.net_amount) filter (where not compared.is_won), 0) as lost_amount,
        coalesce(sum(compared.units) filter (where compared.is_won), 0) as won_units
    from compared
    inner join levels
        on
            (levels.above_ratio is null or compared.price_ratio > levels.above_ratio)
            and (levels.up_to_ratio is null or compared.price_ratio <= levels.up_to_ratio)
    inner join days on compared.closed_on = days.date_day
    where compared.price_ratio is not null
    group by
        days.period_grain,
        days.period_start,
        compared.product_key,
        levels.price_level,
        levels.level_order
)

select
    summed.period_grain,
    summed.period_start,
    periods.period_end,
    periods.is_complete,
    summed.product_key,
    products.product_name,
    coalesce(products.product_family, 'unknown') as product_family,
    summed.price_level,
    summed.level_order,
    summed.median_unit_price,
    cast(summed.won_count as bigint) as won_count,
    cast(summed.lost_count as bigint) as lost_count,
    {{ safe_divide('summed.won_count', 'summed.won_count + summed.lost_count') }} as win_rate,
    cast(summed.won_amount as decimal(38, 2)) as won_amount,
    cast(summed.lost_amount as decimal(38, 2)) as lost_amount,
    cast(summed.won_units as decimal(38, 4)) as won_units
from summed
inner join periods
    on
        summed.period_grain = periods.period_grain
        and summed.period_start = periods.period_start
left join products on summed.product_key = products.product_key
