-- Calls, e-mails and meetings with people on no deal, at accounts that had not bought by that day.
with activities as (
    select * from {{ ref('fct_activities') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

first_purchases as (
    select
        account_key,
        min(closed_on) as first_won_on
    from opportunities
    where is_won and account_key is not null
    group by account_key
)

select
    activities.activity_key,
    activities.activity_type,
    activities.owner_key,
    activities.team_key,
    activities.person_key,
    activities.account_key,
    activities.completed_at,
    activities.completed_on as activity_on,
    activities.source_system
from activities
left join first_purchases on activities.account_key = first_purchases.account_key
where
    activities.is_completed
    and activities.activity_type in ('call', 'email', 'meeting')
    and activities.person_key is not null
    and activities.opportunity_key is null
    -- Who has bought by then is followed up, not prospected.
    and coalesce(first_purchases.first_won_on > activities.completed_on, true)
