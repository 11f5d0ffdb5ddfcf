with source as (
    select * from {{ source('raw_spreadsheets', 'product_costs') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('sku') }} as sku,
    cast(unit_cost as decimal(18, 4)) as unit_cost,
    {{ text_or_null('currency_code') }} as currency_code,
    cast(valid_from as date) as valid_from,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
