with activities as (
    select * from {{ ref('fct_activities') }}
),

follow_ups as (
    select * from {{ ref('fct_follow_ups') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

done as (
    select
        completed_on,
        owner_key,
        activity_type,
        count(*) as activity_count
    from activities
    -- Planned ones and no-shows are not done; an e-mail that came in is the customer's doing.
    where is_completed and activity_type in ('call', 'email', 'meeting', 'note', 'task')
    group by completed_on, owner_key, activity_type
),

followed_up as (
    select
        completed_on,
        owner_key,
        activity_type,
        count(*) as follow_up_count
    from follow_ups
    group by completed_on, owner_key, activity_type
)

select
    done.completed_on as date_day,
    done.owner_key,
    owners.owner_name,
    owners.team_key,
    owners.team_name,
    owners.country_code,
    done.activity_type,
    done.activity_count,
    coalesce(followed_up.follow_up_count, 0) as follow_up_count
from done
left join followed_up
    on
        done.completed_on = followed_up.completed_on
        and done.owner_key is not distinct from followed_up.owner_key
        and done.activity_type = followed_up.activity_type
left join owners on done.owner_key = owners.owner_key
