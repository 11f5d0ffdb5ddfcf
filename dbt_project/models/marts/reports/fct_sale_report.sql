-- The sale report: every line of the won deals, by the close date of its deal.
with lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    where is_won
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
),

placed as (
    select
        days.period_grain,
        days.period_start,
        coalesce(lines.product_key, 'unknown') as product_key,
        case when lines.product_key is null then 'unknown' else lines.product_name end
            as product_name,
        coalesce(lines.account_key, 'unknown') as account_key,
        lines.discount_kind,
        lines.product_family,
        lines.opportunity_key,
        case when opportunities.coupon_code is not null then lines.opportunity_key end
            as coupon_opportunity_key,
        lines.quantity,
        lines.list_price,
        lines.list_amount_base,
        lines.net_amount_base,
        -- Both sides of a discount or neither.
        case when lines.net_amount_base is not null then lines.list_amount_base end
            as priced_list_amount,
        case when lines.list_amount_base is not null then lines.net_amount_base end
            as priced_net_amount
    from lines
    inner join opportunities on lines.opportunity_key = opportunities.opportunity_key
    inner join days on lines.closed_on = days.date_day
),

summed as (
    select
        period_grain,
        period_start,
        product_key,
        account_key,
        discount_kind,
        max(product_name) as product_name,
        max(product_family) as product_family,
        count(*) as line_count,
        count(distinct opportunity_key) as deal_count,
        count(distinct coupon_opportunity_key) as coupon_deal_count,
        coalesce(sum(quantity), 0) as units,
        coalesce(sum(priced_list_amount), 0) as list_amount,
        coalesce(sum(net_amount_base), 0) as net_amount,
        coalesce(sum(priced_list_amount), 0) - coalesce(sum(priced_net_amount), 0)
            as discount_amount,
        count_if(list_price is null) as lines_without_list_price,
        count_if(net_amount_base is null) as lines_without_amount
    from placed
    group by period_grain, period_start, product_key, account_key, discount_kind
)

select
    summed.period_grain,
    summed.period_start,
    periods.period_end,
    periods.is_complete,
    summed.product_key,
    summed.product_name,
    coalesce(summed.product_family, 'unknown') as product_family,
    summed.account_key,
    coalesce(accounts.account_name, 'unknown') as account_name,
    coalesce(accounts.country_code, 'unknown') as country_code,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.size_band, 'unknown') as size_band,
    summed.discount_kind,
    summed.line_count,
    summed.deal_count,
    summed.coupon_deal_count,
    cast(summed.units as decimal(38, 4)) as units,
    cast(summed.list_amount as decimal(38, 2)) as list_amount,
    cast(summed.net_amount as decimal(38, 2)) as net_amount,
    cast(summed.discount_amount as decimal(38, 2)) as discount_amount,
    {{ safe_divide('summed.discount_amount', 'summed.list_amount') }} as discount_rate,
    cast(summed.lines_without_list_price as bigint) as lines_without_list_price,
    cast(summed.lines_without_amount as bigint) as lines_without_amount
from summed
inner join periods
    on
        summed.period_grain = periods.period_grain
        and summed.period_start = periods.period_start
left join accounts on summed.account_key = accounts.account_key
