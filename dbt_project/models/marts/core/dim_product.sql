with products as (
    select * from {{ ref('int_crm__products') }}
)

select
    product_key,
    product_name,
    sku,
    product_family,
    list_price,
    currency_code
from products
