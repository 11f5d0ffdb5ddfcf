with source as (
    select * from {{ source('raw_spreadsheets', 'surveys') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('response_id') }} as response_id,
    {{ text_or_null('survey_name') }} as survey_name,
    {{ text_or_null('survey_type') }} as survey_type,
    cast(score as decimal(18, 4)) as score,
    cast(answered_on as date) as answered_on,
    lower({{ text_or_null('respondent_email') }}) as respondent_email,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
