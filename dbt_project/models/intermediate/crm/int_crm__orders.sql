with orders as (
    select * from {{ ref('int_salesforce__orders_conformed') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

opportunity_ids as (
    select * from {{ ref('int_crm__opportunity_ids') }}
)

select
    {{ vendor_key('order', 'orders.source_system', 'orders.vendor_id') }} as order_key,
    account_ids.account_key,
    opportunity_ids.opportunity_key,
    orders.ordered_on,
    orders.amount,
    orders.currency_code,
    orders.is_return,
    {{ vendor_key('order', 'orders.source_system', 'orders.vendor_original_order_id') }}
        as original_order_key
from orders
left join account_ids
    on
        orders.source_system = account_ids.source_system
        and orders.vendor_account_id = account_ids.vendor_id
left join opportunity_ids
    on
        orders.source_system = opportunity_ids.source_system
        and orders.vendor_opportunity_id = opportunity_ids.vendor_id
