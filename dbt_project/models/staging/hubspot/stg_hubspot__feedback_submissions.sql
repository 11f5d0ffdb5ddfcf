with source as (
    select * from {{ source('raw_hubspot', 'feedback_submissions') }}
)

select
    {{ text_or_null('id') }} as feedback_submission_id,
    {{ id_text('hs_survey_id') }} as survey_id,
    {{ text_or_null('hs_survey_name') }} as survey_name,
    {{ text_or_null('hs_survey_type') }} as survey_type,
    try_cast(hs_value as decimal(18, 4)) as score,
    try_cast(hs_submission_timestamp as timestamp) as submitted_at,
    try_cast(hs_createdate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at
from source
where {{ existed('try_cast(hs_createdate as timestamp)') }}
