with activities as (
    select * from {{ ref('fct_activities') }}
    where activity_type = 'task'
),

owners as (
    select * from {{ ref('dim_owner') }}
),

dated as (
    select
        activities.activity_key,
        activities.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        activities.created_at,
        activities.due_at,
        {{ to_business_date('activities.due_at') }} as due_on,
        -- A task that falls due after the run is not late yet.
        coalesce(activities.due_at <= {{ as_of() }}, false) as is_due,
        activities.is_completed,
        activities.completed_at,
        case when activities.is_completed then activities.completed_on end as done_on
    from activities
    left join owners on activities.owner_key = owners.owner_key
)

select
    activity_key,
    owner_key,
    owner_name,
    team_key,
    team_name,
    created_at,
    due_at,
    due_on,
    is_due,
    is_completed,
    completed_at,
    done_on,
    case when is_due then coalesce(done_on <= due_on, false) end as is_on_time,
    -- Done before it was written down: a data error, and a row of excluded_records.
    is_completed and coalesce(completed_at < created_at, false) as is_negative_duration,
    case
        when is_completed and completed_at >= created_at
            then {{ milliseconds_between('created_at', 'completed_at') }}
    end as milliseconds_to_completion
from dated
