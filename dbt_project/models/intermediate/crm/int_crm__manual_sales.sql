with sales as (
    select * from {{ ref('int_spreadsheets__manual_sales_conformed') }}
),

owners as (
    select
        owner_key,
        email
    from {{ ref('int_crm__owners') }}
)

select
    {{ vendor_key('manual_sale', 'sales.source_system', 'sales.vendor_id') }} as manual_sale_key,
    sales.order_number,
    sales.sold_on,
    sales.customer,
    owners.owner_key,
    sales.region,
    sales.sku,
    sales.product_name,
    sales.quantity,
    sales.unit_price,
    sales.discount,
    coalesce(
        sales.amount,
        cast(
            round(
                -- Of 19 digits, as the product of 18 and 18 would have 18 and overflow.
                cast(cast(sales.quantity as decimal(19, 4)) * sales.unit_price as decimal(24, 6))
                * cast(1 - coalesce(sales.discount, 0) as decimal(6, 4)),
                2
            ) as decimal(18, 2)
        )
    ) as amount,
    sales.currency_code
from sales
left join owners on sales.owner_text = owners.email
