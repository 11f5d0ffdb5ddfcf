with orders as (
    select * from {{ ref('int_crm__orders') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
)

select
    orders.order_key,
    orders.account_key,
    orders.opportunity_key,
    orders.ordered_on,
    orders.amount,
    orders.currency_code,
    {{ to_base_currency('orders.amount', 'rates.rate_to_base') }} as amount_base,
    orders.is_return,
    orders.original_order_key
from orders
-- Inner: orders of excluded accounts stay out.
inner join accounts on orders.account_key = accounts.account_key
left join rates
    on
        orders.currency_code = rates.currency_code
        and orders.ordered_on = rates.rate_on
