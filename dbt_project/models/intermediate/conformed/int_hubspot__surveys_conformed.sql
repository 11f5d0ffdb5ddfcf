with answers as (
    select * from {{ ref('stg_hubspot__feedback_submissions') }}
),

links as (
    select
        from_id,
        min(to_id) filter (where to_type = 'contacts') as contact_id,
        min(to_id) filter (where to_type = 'tickets') as ticket_id
    from {{ ref('stg_hubspot__associations') }}
    where from_type = 'feedback_submissions' and not _is_deleted
    group by from_id
)

select
    'hubspot' as source_system,
    answers.feedback_submission_id as vendor_id,
    answers._is_deleted as is_deleted,
    answers.survey_id,
    answers.survey_name,
    upper(answers.survey_type) as survey_type,
    answers.score,
    links.contact_id as vendor_person_id,
    links.ticket_id as vendor_ticket_id,
    coalesce(answers.submitted_at, answers.created_at) as answered_at
from answers
left join links on answers.feedback_submission_id = links.from_id
