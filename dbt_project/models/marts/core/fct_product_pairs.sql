-- Which products are bought together, in order: of the deals with the first, those with the second.
with lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    -- A line that names no product of the catalogue pairs with nothing.
    where is_won and closed_on is not null and product_key is not null
),

products as (
    select * from {{ ref('dim_product') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    -- Shorter periods hold too few deals per pair.
    where period_grain in ('quarter', 'year')
),

-- A product counts once per deal, however many lines of it there are.
held as (
    select
        opportunity_key,
        closed_on,
        product_key
    from lines
    group by opportunity_key, closed_on, product_key
),

singles as (
    select
        days.period_grain,
        days.period_start,
        days.period_end,
        held.product_key,
        count(*) as deal_count
    from held
    inner join days on held.closed_on = days.date_day
    group by days.period_grain, days.period_start, days.period_end, held.product_key
),

daily_pairs as (
    select
        first_held.closed_on,
        first_held.product_key as product_key_a,
        second_held.product_key as product_key_b,
        count(*) as deal_count
    from held as first_held
    inner join held as second_held
        on
            first_held.opportunity_key = second_held.opportunity_key
            and first_held.product_key <> second_held.product_key
    group by first_held.closed_on, first_held.product_key, second_held.product_key
),

pairs as (
    select
        days.period_grain,
        days.period_start,
        daily_pairs.product_key_a,
        daily_pairs.product_key_b,
        cast(sum(daily_pairs.deal_count) as bigint) as deals_with_both
    from daily_pairs
    inner join days on daily_pairs.closed_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        daily_pairs.product_key_a,
        daily_pairs.product_key_b
)

select
    pairs.period_grain,
    pairs.period_start,
    singles.period_end,
    pairs.product_key_a,
    products_a.product_name as product_name_a,
    products_a.product_family as product_family_a,
    pairs.product_key_b,
    products_b.product_name as product_name_b,
    products_b.product_family as product_family_b,
    singles.deal_count as deals_with_a,
    singles_b.deal_count as deals_with_b,
    pairs.deals_with_both,
    {{ safe_divide('pairs.deals_with_both', 'singles.deal_count') }} as attach_rate
from pairs
inner join singles
    on
        pairs.period_grain = singles.period_grain
        and pairs.period_start = singles.period_start
        and pairs.product_key_a = singles.product_key
inner join singles as singles_b
    on
        pairs.period_grain = singles_b.period_grain
        and pairs.period_start = singles_b.period_start
        and pairs.product_key_b = singles_b.product_key
left join products as products_a on pairs.product_key_a = products_a.product_key
left join products as products_b on pairs.product_key_b = products_b.product_key
