with surveys as (
    select * from {{ ref('int_crm__surveys') }}
)

select
    survey_key,
    survey_id,
    survey_name,
    survey_type,
    score,
    person_key,
    account_key,
    ticket_key,
    answered_at,
    {{ to_business_date('answered_at') }} as answered_on,
    -- Whose vote it is: an anonymous answer is its own voter.
    coalesce(person_key, survey_key) as voter_key
from surveys
-- Deleted and internal answers: see excluded_records.
where exclusion_reason is null
