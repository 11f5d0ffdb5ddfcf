with answers as (
    select * from {{ ref('stg_spreadsheets__surveys') }}
)

select
    'spreadsheets' as source_system,
    row_key as vendor_id,
    _is_deleted as is_deleted,
    survey_name as survey_id,
    survey_name,
    survey_type,
    score,
    respondent_email,
    -- A sheet knows the day and not the hour.
    {{ business_day_start('answered_on') }} as answered_at
from answers
