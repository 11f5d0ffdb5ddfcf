with lines as (
    select * from {{ ref('int_crm__line_items') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
)

select
    lines.line_item_key,
    lines.opportunity_key,
    opportunities.account_key,
    opportunities.closed_on,
    opportunities.is_closed,
    opportunities.is_won,
    lines.product_key,
    lines.product_name,
    lines.product_family,
    lines.quantity,
    lines.unit_price,
    lines.list_price,
    cast(round(lines.list_price * lines.quantity, 2) as decimal(18, 2)) as list_amount,
    lines.discount_amount,
    -- Without a list price no discount is known, only the coupon.
    case
        when lines.discount_amount > 0 and opportunities.coupon_code is not null then 'both'
        when lines.discount_amount > 0 then 'line'
        when opportunities.coupon_code is not null then 'coupon'
        else 'none'
    end as discount_kind,
    lines.net_amount,
    lines.currency_code,
    {{ to_base_currency('round(lines.list_price * lines.quantity, 2)', 'rates.rate_to_base') }}
        as list_amount_base,
    {{ to_base_currency('lines.net_amount', 'rates.rate_to_base') }} as net_amount_base
from lines
-- Inner: lines of excluded deals stay out.
inner join opportunities on lines.opportunity_key = opportunities.opportunity_key
left join rates
    on
        lines.currency_code = rates.currency_code
        and opportunities.rate_on = rates.rate_on
