with orders as (
    select * from {{ ref('stg_salesforce__orders') }}
    where not _is_deleted
),

org as (
    select max(default_currency_code) as currency_code
    from {{ ref('stg_salesforce__organizations') }}
)

select
    'salesforce' as source_system,
    orders.order_id as vendor_id,
    orders.account_id as vendor_account_id,
    orders.opportunity_id as vendor_opportunity_id,
    orders.order_number,
    orders.effective_on as ordered_on,
    orders.total_amount as amount,
    coalesce(orders.currency_code, org.currency_code, '{{ var("reporting_currency") }}')
        as currency_code,
    coalesce(orders.is_reduction_order, orders.original_order_id is not null) as is_return,
    orders.original_order_id as vendor_original_order_id
from orders
cross join org
