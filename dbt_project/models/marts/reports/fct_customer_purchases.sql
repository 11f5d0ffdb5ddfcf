-- What each customer bought in a period, and what of it most.
with report as (
    select * from {{ ref('fct_sale_report') }}
),

lines as (
    select * from {{ ref('fct_opportunity_lines') }}
    where is_won
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

-- A deal has many lines and counts once.
deals as (
    select
        days.period_grain,
        days.period_start,
        coalesce(lines.account_key, 'unknown') as account_key,
        count(distinct lines.opportunity_key) as deal_count,
        count(distinct case
            when lines.discount_kind in ('coupon', 'both') then lines.opportunity_key
        end) as coupon_deal_count
    from lines
    inner join days on lines.closed_on = days.date_day
    group by days.period_grain, days.period_start, coalesce(lines.account_key, 'unknown')
),

by_product as (
    select
        period_grain,
        period_start,
        account_key,
        product_key,
        max(product_name) as product_name,
        max(product_family) as product_family,
        sum(units) as units,
        sum(list_amount) as list_amount,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        row_number() over (
            partition by period_grain, period_start, account_key
            order by
                case when product_key = 'unknown' then 1 else 0 end asc,
                sum(net_amount) desc,
                sum(units) desc,
                product_key asc
        ) as choice
    from report
    group by period_grain, period_start, account_key, product_key
),

summed as (
    select
        period_grain,
        period_start,
        account_key,
        count_if(product_key <> 'unknown') as product_count,
        count(distinct case when product_family <> 'unknown' then product_family end)
            as product_family_count,
        sum(units) as units,
        sum(list_amount) as list_amount,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        max(case when choice = 1 then product_key end) as top_product_key,
        max(case when choice = 1 then product_name end) as top_product_name,
        max(case when choice = 1 then net_amount end) as top_product_net_amount
    from by_product
    group by period_grain, period_start, account_key
)

select
    summed.period_grain,
    summed.period_start,
    periods.period_end,
    periods.is_complete,
    summed.account_key,
    coalesce(accounts.account_name, 'unknown') as account_name,
    coalesce(accounts.country_code, 'unknown') as country_code,
    coalesce(accounts.industry, 'unknown') as industry,
    coalesce(accounts.size_band, 'unknown') as size_band,
    deals.deal_count,
    deals.coupon_deal_count,
    cast(summed.product_count as bigint) as product_count,
    summed.product_family_count,
    cast(summed.units as decimal(38, 4)) as units,
    cast(summed.list_amount as decimal(38, 2)) as list_amount,
    cast(summed.net_amount as decimal(38, 2)) as net_amount,
    cast(summed.discount_amount as decimal(38, 2)) as discount_amount,
    {{ safe_divide('summed.discount_amount', 'summed.list_amount') }} as discount_rate,
    summed.top_product_key,
    summed.top_product_name,
    cast(summed.top_product_net_amount as decimal(38, 2)) as top_product_net_amount
from summed
inner join deals
    on
        summed.period_grain = deals.period_grain
        and summed.period_start = deals.period_start
        and summed.account_key = deals.account_key
inner join periods
    on
        summed.period_grain = periods.period_grain
        and summed.period_start = periods.period_start
left join accounts on summed.account_key = accounts.account_key
