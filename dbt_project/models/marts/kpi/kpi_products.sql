-- Lines of won deals, placed by the deal's close; what came back, by the day of the return.
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    where is_won
),

returns as (
    select * from {{ ref('fct_order_lines') }}
    where is_return
),

pairs as (
    select * from {{ ref('fct_product_pairs') }}
    -- With fewer deals the share says nothing.
    where deals_with_a >= {{ var('attach_min_deals') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

priced as (
    select
        opportunity_key,
        account_key,
        closed_on,
        product_key,
        product_name,
        product_family,
        quantity,
        case when list_price is null then 1 else 0 end as has_no_list_price,
        case when net_amount_base is not null then list_amount_base end as list_amount,
        case when list_amount_base is not null then net_amount_base end as net_amount
    from lines
),

deal_sums as (
    select
        opportunity_key,
        closed_on,
        sum(has_no_list_price) as no_list_price_count,
        count(list_amount) as priced_count,
        coalesce(sum(list_amount), 0) as list_amount,
        coalesce(sum(net_amount), 0) as net_amount
    from priced
    group by opportunity_key, closed_on
),

price_days as (
    select
        deal_sums.closed_on,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        sum(deal_sums.no_list_price_count) as no_list_price_count,
        sum(deal_sums.priced_count) as priced_count,
        sum(deal_sums.list_amount) as list_amount,
        sum(deal_sums.net_amount) as net_amount
    from deal_sums
    inner join dimensions on deal_sums.opportunity_key = dimensions.opportunity_key
    group by
        deal_sums.closed_on,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value
    union all
    select
        closed_on,
        'product_family' as dimension,
        coalesce(product_family, 'unknown') as dimension_key,
        coalesce(product_family, 'unknown') as dimension_value,
        sum(has_no_list_price) as no_list_price_count,
        count(list_amount) as priced_count,
        coalesce(sum(list_amount), 0) as list_amount,
        coalesce(sum(net_amount), 0) as net_amount
    from priced
    group by closed_on, product_family
    union all
    select
        closed_on,
        'product' as dimension,
        coalesce(product_key, 'unknown') as dimension_key,
        case when product_key is null then 'unknown' else max(product_name) end as dimension_value,
        sum(has_no_list_price) as no_list_price_count,
        count(list_amount) as priced_count,
        coalesce(sum(list_amount), 0) as list_amount,
        coalesce(sum(net_amount), 0) as net_amount
    from priced
    group by closed_on, product_key
    union all
    -- Every period has its total, also an empty one.
    select
        period_start as closed_on,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as no_list_price_count,
        0 as priced_count,
        0 as list_amount,
        0 as net_amount
    from periods
),

prices as (
    select
        days.period_grain,
        days.period_start,
        price_days.dimension,
        price_days.dimension_key,
        max(price_days.dimension_value) as dimension_value,
        sum(price_days.no_list_price_count) as no_list_price_count,
        sum(price_days.priced_count) as priced_count,
        sum(price_days.list_amount) as list_amount,
        sum(price_days.list_amount) - sum(price_days.net_amount) as discount_amount
    from price_days
    inner join days on price_days.closed_on = days.date_day
    group by
        days.period_grain, days.period_start, price_days.dimension, price_days.dimension_key
),

-- Units are those of the account and of the product; a seller's units are a matter of the deals.
moved as (
    select
        closed_on as moved_on,
        account_key,
        account_key as buyer_key,
        product_key,
        product_name,
        product_family,
        coalesce(sum(quantity), 0) as units
    from priced
    group by closed_on, account_key, product_key, product_name, product_family
    union all
    select
        ordered_on as moved_on,
        account_key,
        cast(null as string) as buyer_key,
        product_key,
        product_name,
        product_family,
        -coalesce(sum(returned_quantity), 0) as units
    from returns
    group by ordered_on, account_key, product_key, product_name, product_family
),

placed as (
    select
        days.period_grain,
        days.period_start,
        moved.account_key,
        moved.buyer_key,
        moved.product_key,
        moved.product_name,
        moved.product_family,
        sum(moved.units) as units
    from moved
    inner join days on moved.moved_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        moved.account_key,
        moved.buyer_key,
        moved.product_key,
        moved.product_name,
        moved.product_family
),

described as (
    select
        placed.period_grain,
        placed.period_start,
        placed.buyer_key,
        placed.product_key,
        placed.product_name,
        placed.product_family,
        placed.units,
        accounts.country_code,
        accounts.industry,
        accounts.size_band
    from placed
    left join accounts on placed.account_key = accounts.account_key
),

unit_dimensions as (
    {{ by_dimension('described', ['period_grain', 'period_start', 'buyer_key', 'units'], {
        'country': 'country_code',
        'industry': 'industry',
        'size_band': 'size_band',
        'product_family': 'product_family',
        'product': ['product_key', 'product_name'],
    }) }}
    union all
    select
        period_grain,
        period_start,
        cast(null as string) as buyer_key,
        0 as units,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
),

units as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        case when dimension_key = 'unknown' then 'unknown' else max(dimension_value) end
            as dimension_value,
        sum(units) as units,
        count(distinct buyer_key) as buyer_count
    from unit_dimensions
    group by period_grain, period_start, dimension, dimension_key
),

attached as (
    select
        period_grain,
        period_start,
        'product_pair' as dimension,
        concat_ws('|', product_key_a, product_key_b) as dimension_key,
        concat_ws(' > ', product_name_a, product_name_b) as dimension_value,
        deals_with_both,
        deals_with_a
    from pairs
)

{{ kpi_rows(
    'discount_rate', 'prices', 'priced_count', 'discount_amount', 'list_amount'
) }}
union all
{{ kpi_rows(
    'lines_without_list_price', 'prices', 'no_list_price_count', 'no_list_price_count',
    where="dimension <> 'product'"
) }}
union all
{{ kpi_rows('units_per_customer', 'units', 'buyer_count', 'units', 'buyer_count') }}
union all
{{ kpi_rows('attach_rate', 'attached', 'deals_with_a', 'deals_with_both', 'deals_with_a') }}
