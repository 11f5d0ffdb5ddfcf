-- Without the subject: what people wrote stays in the warehouse.
with activities as (
    select * from {{ ref('fct_activities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    activities.activity_key,
    activities.activity_type,
    activities.owner_key,
    owners.owner_name,
    owners.team_name,
    activities.person_key,
    activities.account_key,
    activities.opportunity_key,
    activities.created_at,
    activities.due_at,
    activities.completed_at,
    activities.completed_on,
    activities.is_completed,
    activities.outcome,
    activities.source_system
from activities
left join owners on activities.owner_key = owners.owner_key
