with source as (
    select * from {{ source('raw_spreadsheets', 'returns') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('return_id') }} as return_id,
    {{ text_or_null('order_number') }} as order_number,
    {{ text_or_null('salesforce_order_id') }} as salesforce_order_id,
    cast(returned_on as date) as returned_on,
    {{ text_or_null('sku') }} as sku,
    cast(returned_quantity as decimal(18, 4)) as returned_quantity,
    cast(returned_amount as decimal(18, 2)) as returned_amount,
    {{ text_or_null('currency_code') }} as currency_code,
    {{ text_or_null('reason') }} as reason,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
