with calls as (
    select
        'calls' as object_type,
        call_id as vendor_id,
        'call' as activity_type,
        title as subject,
        owner_id,
        created_at,
        happens_at as due_at,
        case when status = 'COMPLETED' then happens_at end as completed_at,
        coalesce(disposition, status) as outcome,
        _is_deleted
    from {{ ref('stg_hubspot__calls') }}
),

emails as (
    select
        'emails' as object_type,
        email_id as vendor_id,
        case when direction = 'INCOMING_EMAIL' then 'incoming_email' else 'email' end
            as activity_type,
        subject,
        owner_id,
        created_at,
        happens_at as due_at,
        case
            when direction = 'INCOMING_EMAIL' or (direction = 'EMAIL' and status = 'SENT')
                then happens_at
        end as completed_at,
        status as outcome,
        _is_deleted
    from {{ ref('stg_hubspot__emails') }}
),

meetings as (
    select
        'meetings' as object_type,
        meeting_id as vendor_id,
        'meeting' as activity_type,
        title as subject,
        owner_id,
        created_at,
        happens_at as due_at,
        case when outcome = 'COMPLETED' then happens_at end as completed_at,
        outcome,
        _is_deleted
    from {{ ref('stg_hubspot__meetings') }}
),

tasks as (
    select
        'tasks' as object_type,
        task_id as vendor_id,
        'task' as activity_type,
        subject,
        owner_id,
        created_at,
        due_at,
        case when status = 'COMPLETED' then completed_at end as completed_at,
        status as outcome,
        _is_deleted
    from {{ ref('stg_hubspot__tasks') }}
),

notes as (
    select
        'notes' as object_type,
        note_id as vendor_id,
        'note' as activity_type,
        substr(body, 1, 120) as subject,
        owner_id,
        created_at,
        happens_at as due_at,
        happens_at as completed_at,
        cast(null as string) as outcome,
        _is_deleted
    from {{ ref('stg_hubspot__notes') }}
),

activities as (
    select * from calls
    union all
    select * from emails
    union all
    select * from meetings
    union all
    select * from tasks
    union all
    select * from notes
),

-- An activity may be linked to many of a kind; the lowest id stands for them, always the same one.
links as (
    select
        from_type,
        from_id,
        min(to_id) filter (where to_type = 'contacts') as person_id,
        min(to_id) filter (where to_type = 'companies') as account_id,
        min(to_id) filter (where to_type = 'deals') as opportunity_id
    from {{ ref('stg_hubspot__associations') }}
    where from_type in ('calls', 'emails', 'meetings', 'tasks', 'notes') and not _is_deleted
    group by from_type, from_id
)

select
    'hubspot' as source_system,
    activities.object_type,
    activities.vendor_id,
    activities.activity_type,
    activities.subject,
    activities.owner_id as vendor_owner_id,
    links.person_id as vendor_person_id,
    links.account_id as vendor_account_id,
    links.opportunity_id as vendor_opportunity_id,
    activities.created_at,
    activities.due_at,
    activities.completed_at,
    activities.outcome,
    activities._is_deleted as is_deleted
from activities
left join links
    on activities.object_type = links.from_type and activities.vendor_id = links.from_id
