-- A view: nearly all activities are counted, and to copy them costs more than to read them again.
{{ config(materialized='view') }}

with activities as (
    select * from {{ ref('int_crm__activities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
)

select
    activities.activity_key,
    activities.activity_type,
    activities.subject,
    activities.owner_key,
    owners.team_key,
    activities.person_key,
    activities.account_key,
    activities.opportunity_key,
    activities.created_at,
    activities.due_at,
    activities.completed_at,
    activities.completed_on,
    coalesce(activities.completed_at <= {{ as_of() }}, false) as is_completed,
    activities.outcome,
    activities.source_system
from activities
left join owners on activities.owner_key = owners.owner_key
-- Deleted and internal activities: see excluded_records.
where activities.exclusion_reason is null
