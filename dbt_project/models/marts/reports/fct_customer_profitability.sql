-- What an account brought in the last 365 days, less what is known of its cost.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where is_won and account_key is not null and closed_on <= {{ as_of_date() }}
),

lines as (
    select * from {{ ref('fct_opportunity_lines') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

product_costs as (
    select * from {{ ref('int_crm__product_costs') }}
    where product_key is not null and unit_cost is not null
),

campaign_spend as (
    select * from {{ ref('fct_campaign_spend') }}
),

campaigns_of_deals as (
    select
        opportunity_key,
        dimension_key as campaign_key
    from {{ ref('bridge_opportunity_dimension') }}
    where dimension = 'campaign' and dimension_key <> 'unknown'
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

in_order as (
    select
        opportunity_key,
        account_key,
        closed_on,
        amount_base,
        row_number() over (
            partition by account_key
            order by closed_on asc, closed_at asc, created_at asc, opportunity_key asc
        ) as purchase_number
    from opportunities
),

sold as (
    select *
    from in_order
    where closed_on > {{ add_days(as_of_date(), -365) }}
),

sales as (
    select
        account_key,
        count(*) as won_count,
        coalesce(sum(amount_base), 0) as net_sales
    from sold
    group by account_key
),

-- A cost holds from its day until the next one of the same product.
costs as (
    select
        product_key,
        unit_cost,
        currency_code,
        coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
        coalesce(
            lead(valid_from) over (partition by product_key order by valid_from asc),
            cast('9999-12-31' as date)
        ) as valid_to
    from product_costs
),

costed_lines as (
    select
        sold.account_key,
        lines.net_amount_base,
        case when lines.list_price is not null then lines.discount_amount end as discount_amount,
        line_rates.rate_to_base as line_rate,
        {{ to_base_currency('lines.quantity * costs.unit_cost', 'cost_rates.rate_to_base') }}
            as cost_base
    from sold
    inner join lines on sold.opportunity_key = lines.opportunity_key
    left join costs
        on
            lines.product_key = costs.product_key
            and sold.closed_on >= costs.valid_from
            and sold.closed_on < costs.valid_to
    left join rates as cost_rates
        on
            costs.currency_code = cost_rates.currency_code
            and sold.closed_on = cost_rates.rate_on
    left join rates as line_rates
        on
            lines.currency_code = line_rates.currency_code
            and sold.closed_on = line_rates.rate_on
),

goods as (
    select
        account_key,
        coalesce(sum(cost_base), 0) as cost_of_goods,
        coalesce(sum(case when cost_base is not null then net_amount_base end), 0)
            as sales_with_cost,
        coalesce(sum({{ to_base_currency('discount_amount', 'line_rate') }}), 0) as discount_given
    from costed_lines
    group by account_key
),

returned as (
    select
        account_key,
        abs(amount_base) as returned_amount
    from orders
    where is_return and ordered_on > {{ add_days(as_of_date(), -365) }}
    union all
    select
        account_key,
        returned_amount_base as returned_amount
    from orders
    -- The CRM's returns are orders of their own, counted above.
    where return_source = 'spreadsheets' and returned_on > {{ add_days(as_of_date(), -365) }}
),

returns as (
    select
        account_key,
        coalesce(sum(returned_amount), 0) as returned_amount
    from returned
    group by account_key
),

-- What a campaign cost is shared by the customers that it won, to the cent: the n-th of them bears
-- what has accrued up to it less what had accrued before.
won_by_campaign as (
    select
        in_order.account_key,
        in_order.closed_on,
        campaigns_of_deals.campaign_key,
        row_number() over (
            partition by campaigns_of_deals.campaign_key
            order by in_order.closed_on asc, in_order.account_key asc
        ) as customer_number,
        count(*) over (partition by campaigns_of_deals.campaign_key) as customer_count
    from in_order
    inner join campaigns_of_deals
        on in_order.opportunity_key = campaigns_of_deals.opportunity_key
    where in_order.purchase_number = 1
),

spent as (
    select
        campaign_key,
        cast(sum(spend_base) * 100 as bigint) as spend_cents
    from campaign_spend
    group by campaign_key
),

shares as (
    select
        won_by_campaign.account_key,
        won_by_campaign.campaign_key,
        2 * spent.spend_cents * won_by_campaign.customer_number
        + won_by_campaign.customer_count as accrued,
        2 * spent.spend_cents * (won_by_campaign.customer_number - 1)
        + won_by_campaign.customer_count as accrued_before,
        2 * won_by_campaign.customer_count as divisor
    from won_by_campaign
    inner join spent on won_by_campaign.campaign_key = spent.campaign_key
    -- Who was won longer ago was paid for longer ago.
    where won_by_campaign.closed_on > {{ add_days(as_of_date(), -365) }}
),

acquisition as (
    select
        account_key,
        cast(
            cast(
                (accrued - accrued % divisor) / divisor
                - (accrued_before - accrued_before % divisor) / divisor
                as bigint
            ) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
        ) as campaign_spend
    from shares
),

-- Returns of what was sold long ago count too: they cost money this year.
customers as (
    select account_key
    from sales
    union
    select account_key
    from returns
),

summed as (
    select
        customers.account_key,
        coalesce(sales.won_count, 0) as won_count,
        cast(coalesce(sales.net_sales, 0) as decimal(18, 2)) as net_sales,
        cast(coalesce(returns.returned_amount, 0) as decimal(18, 2)) as returned_amount,
        cast(coalesce(goods.cost_of_goods, 0) as decimal(18, 2)) as cost_of_goods,
        cast(coalesce(goods.discount_given, 0) as decimal(18, 2)) as discount_given,
        coalesce(acquisition.campaign_spend, 0) as campaign_spend,
        cast(coalesce(goods.sales_with_cost, 0) as decimal(18, 2)) as sales_with_cost
    from customers
    left join sales on customers.account_key = sales.account_key
    left join returns on customers.account_key = returns.account_key
    left join goods on customers.account_key = goods.account_key
    left join acquisition on customers.account_key = acquisition.account_key
),

contributed as (
    select
        *,
        cast(
            net_sales - returned_amount - cost_of_goods - campaign_spend as decimal(18, 2)
        ) as contribution
    from summed
),

cumulated as (
    select
        *,
        greatest(contribution, 0) as gain,
        sum(greatest(contribution, 0)) over (
            order by contribution desc, account_key asc
            rows between unbounded preceding and current row
        ) as gain_so_far,
        sum(greatest(contribution, 0)) over () as all_gain
    from contributed
)

select
    account_key,
    won_count,
    net_sales,
    returned_amount,
    cost_of_goods,
    campaign_spend,
    contribution,
    case when net_sales > 0 then {{ safe_divide('contribution', 'net_sales') }} end as margin,
    discount_given,
    -- Lines may hold more than the deal's amount says, or less.
    case
        when net_sales > 0
            then greatest(1 - {{ safe_divide('sales_with_cost', 'net_sales') }}, 0)
    end as share_without_cost,
    -- Who starts below four fifths of all that was gained is an A, below 95 of 100 a B.
    case
        when contribution <= 0 then 'C'
        when gain_so_far - gain < all_gain * 0.80 then 'A'
        when gain_so_far - gain < all_gain * 0.95 then 'B'
        else 'C'
    end as abc_class,
    {{ safe_divide('gain_so_far', 'all_gain') }} as cumulated_share
from cumulated
