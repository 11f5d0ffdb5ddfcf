with cancelled as (
    select * from {{ ref('cancelled_task_statuses') }}
),

tasks as (
    select
        'tasks' as object_type,
        listed.task_id as vendor_id,
        case listed.task_subtype when 'Call' then 'call' when 'Email' then 'email' else 'task' end
            as activity_type,
        listed.subject,
        listed.owner_id,
        listed.who_id,
        listed.what_id,
        listed.account_id,
        listed.created_at,
        {{ business_day_start('listed.activity_on') }} as due_at,
        -- Closed is all that Salesforce knows: a task that was called off is closed and not done.
        case
            when listed.is_closed and cancelled.status is null
                then coalesce(listed.completed_at, {{ business_day_start('listed.activity_on') }})
        end as completed_at,
        listed.status as outcome,
        listed._is_deleted
    from {{ ref('stg_salesforce__tasks') }} as listed
    left join cancelled on lower(listed.status) = cancelled.status
),

events as (
    select
        'events' as object_type,
        event_id as vendor_id,
        'meeting' as activity_type,
        subject,
        owner_id,
        who_id,
        what_id,
        account_id,
        created_at,
        -- An all-day event carries a day; its instants are midnights of no zone.
        case when is_all_day then {{ business_day_start('activity_on') }} else starts_at end
            as due_at,
        case when is_all_day then {{ business_day_start('activity_on') }} else ends_at end
            as ends_at,
        _is_deleted
    from {{ ref('stg_salesforce__events') }}
    -- Copies for the invitees of one and the same event.
    where not coalesce(is_child, false)
),

activities as (
    select
        object_type,
        vendor_id,
        activity_type,
        subject,
        owner_id,
        who_id,
        what_id,
        account_id,
        created_at,
        due_at,
        completed_at,
        outcome,
        _is_deleted
    from tasks
    union all
    select
        object_type,
        vendor_id,
        activity_type,
        subject,
        owner_id,
        who_id,
        what_id,
        account_id,
        created_at,
        due_at,
        case when ends_at <= {{ as_of() }} then ends_at end as completed_at,
        cast(null as string) as outcome,
        _is_deleted
    from events
)

select
    'salesforce' as source_system,
    object_type,
    vendor_id,
    activity_type,
    subject,
    owner_id as vendor_owner_id,
    who_id as vendor_person_id,
    coalesce(account_id, case when substr(what_id, 1, 3) = '001' then what_id end)
        as vendor_account_id,
    case when substr(what_id, 1, 3) = '006' then what_id end as vendor_opportunity_id,
    created_at,
    due_at,
    completed_at,
    outcome,
    _is_deleted as is_deleted
from activities
