select
    'spreadsheets' as source_system,
    row_key as vendor_id,
    order_number,
    salesforce_order_id,
    returned_on,
    sku,
    returned_quantity,
    returned_amount,
    coalesce(currency_code, '{{ var("reporting_currency") }}') as currency_code,
    reason
from {{ ref('stg_spreadsheets__returns') }}
where not _is_deleted
