select
    'spreadsheets' as source_system,
    row_key as vendor_id,
    order_number,
    sold_on,
    customer,
    owner_text,
    region,
    sku,
    product_name,
    quantity,
    unit_price,
    discount,
    amount,
    coalesce(currency_code, '{{ var("reporting_currency") }}') as currency_code
from {{ ref('stg_spreadsheets__manual_sales') }}
where not _is_deleted
