with source as (
    select * from {{ source('raw_spreadsheets', 'web_sessions') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    cast(session_on as date) as session_on,
    {{ text_or_null('lead_source') }} as lead_source,
    cast(session_count as bigint) as session_count,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
