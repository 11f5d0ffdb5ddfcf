with products as (
    select * from {{ ref('dim_product') }}
)

select
    product_key,
    product_name,
    sku,
    product_family,
    list_price,
    currency_code
from products
