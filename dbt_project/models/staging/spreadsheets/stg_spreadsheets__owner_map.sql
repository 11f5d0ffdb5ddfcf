with source as (
    select * from {{ source('raw_spreadsheets', 'owner_map') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    lower({{ text_or_null('owner_email') }}) as owner_email,
    {{ text_or_null('team_name') }} as team_name,
    {{ text_or_null('country_code') }} as country_code,
    cast(valid_from as date) as valid_from,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
