with products as (
    select * from {{ ref('stg_hubspot__products') }}
),

portal as (
    select max(company_currency_code) as currency_code from {{ ref('stg_hubspot__account_info') }}
)

select
    'hubspot' as source_system,
    products.product_id as vendor_id,
    {{ product_key("'hubspot'", "products.sku", "products.product_id") }} as product_key,
    products.product_name,
    products.sku,
    products.product_family,
    cast(products.price as decimal(18, 2)) as list_price,
    portal.currency_code,
    products._is_deleted as is_deleted
from products
cross join portal
