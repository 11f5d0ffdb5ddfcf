with source as (
    select * from {{ source('raw_spreadsheets', 'surveys_sent') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('survey_name') }} as survey_name,
    cast(sent_on as date) as sent_on,
    cast(sent_count as bigint) as sent_count,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
