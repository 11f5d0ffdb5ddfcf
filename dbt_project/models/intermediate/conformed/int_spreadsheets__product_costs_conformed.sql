select
    'spreadsheets' as source_system,
    row_key as vendor_id,
    sku,
    unit_cost,
    coalesce(currency_code, '{{ var("reporting_currency") }}') as currency_code,
    -- Without a day it has always held.
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from
from {{ ref('stg_spreadsheets__product_costs') }}
where not _is_deleted
