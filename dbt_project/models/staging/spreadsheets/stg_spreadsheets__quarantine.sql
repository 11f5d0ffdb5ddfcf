with source as (
    select * from {{ source('raw_spreadsheets', 'quarantine') }}
)

select
    {{ text_or_null('quarantine_key') }} as quarantine_key,
    {{ text_or_null('kind') }} as kind,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('sheet_column') }} as sheet_column,
    {{ text_or_null('value') }} as found_value,
    {{ text_or_null('reason') }} as reason,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
