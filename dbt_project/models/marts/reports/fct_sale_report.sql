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

-- A deal first, for it counts once in each of the rows that its lines fall into.
by_deal as (
    select
        lines.closed_on,
        coalesce(lines.product_key, 'unknown') as product_key,
        coalesce(lines.account_key, 'unknown') as account_key,
        lines.discount_kind,
        max(case when lines.product_key is null then 'unknown' else lines.product_name end)
            as product_name,
        max(lines.product_family) as product_family,
        count(*) as line_count,
        max(case when opportunities.coupon_code is not null then 1 else 0 end) as has_coupon,
        coalesce(sum(lines.quantity), 0) as units,
        -- Both sides of a discount or neither.
        coalesce(
            sum(case when lines.net_amount_base is not null then lines.list_amount_base end), 0
        ) as list_amount,
        coalesce(
            sum(case when lines.list_amount_base is not null then lines.net_amount_base end), 0
        ) as priced_net_amount,
        coalesce(sum(lines.net_amount_base), 0) as net_amount,
        count_if(lines.list_price is null) as lines_without_list_price,
        count_if(lines.net_amount_base is null) as lines_without_amount
    from lines
    inner join opportunities on lines.opportunity_key = opportunities.opportunity_key
    group by
        lines.opportunity_key,
        lines.closed_on,
        coalesce(lines.product_key, 'unknown'),
        coalesce(lines.account_key, 'unknown'),
        lines.discount_kind
),

summed as (
    select
        days.period_grain,
        days.period_start,
        by_deal.product_key,
        by_deal.account_key,
        by_deal.discount_kind,
        max(by_deal.product_name) as product_name,
        max(by_deal.product_family) as product_family,
        cast(sum(by_deal.line_count) as bigint) as line_count,
        count(*) as deal_count,
        cast(sum(by_deal.has_coupon) as bigint) as coupon_deal_count,
        sum(by_deal.units) as units,
        sum(by_deal.list_amount) as list_amount,
        sum(by_deal.net_amount) as net_amount,
        sum(by_deal.list_amount) - sum(by_deal.priced_net_amount) as discount_amount,
        sum(by_deal.lines_without_list_price) as lines_without_list_price,
        sum(by_deal.lines_without_amount) as lines_without_amount
    from by_deal
    inner join days on by_deal.closed_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        by_deal.product_key,
        by_deal.account_key,
        by_deal.discount_kind
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
