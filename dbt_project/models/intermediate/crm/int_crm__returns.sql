with returned as (
    select * from {{ ref('int_spreadsheets__returns_conformed') }}
),

orders as (
    select
        vendor_id,
        order_number,
        -- 00000042 is what Salesforce prints and 42 what people type.
        ltrim(order_number, '0') as plain_number,
        {{ vendor_key('order', 'source_system', 'vendor_id') }} as order_key
    from {{ ref('int_salesforce__orders_conformed') }}
),

-- Ids have 15 letters, or 18 with a checksum.
by_id as (
    select
        substr(vendor_id, 1, 15) as short_id,
        min(order_key) as order_key
    from orders
    group by substr(vendor_id, 1, 15)
),

by_number as (
    select
        plain_number,
        min(order_key) as order_key
    from orders
    where plain_number is not null
    group by plain_number
    having count(*) = 1
)

select
    {{ vendor_key('return', 'returned.source_system', 'returned.vendor_id') }} as return_key,
    returned.order_number,
    returned.salesforce_order_id,
    coalesce(by_id.order_key, by_number.order_key) as order_key,
    returned.returned_on,
    returned.returned_quantity,
    returned.returned_amount,
    returned.currency_code,
    returned.reason
from returned
left join by_id on substr(returned.salesforce_order_id, 1, 15) = by_id.short_id
left join by_number on ltrim(returned.order_number, '0') = by_number.plain_number
