with activities as (
    select * from {{ ref('fct_activities') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

first_purchases as (
    select
        account_key,
        min(closed_on) as first_won_on
    from opportunities
    where is_won and account_key is not null
    group by account_key
),

-- A deal is open and closed in turns; many of its versions belong to one turn.
turning as (
    select
        opportunity_key,
        valid_from,
        is_closed,
        lag(is_closed) over (partition by opportunity_key order by valid_from asc) as was_closed
    from versions
),

turns as (
    select
        opportunity_key,
        is_closed,
        valid_from as turned_at,
        lead(valid_from) over (partition by opportunity_key order by valid_from asc)
            as next_turned_at
    from turning
    where is_closed is distinct from was_closed
),

reached_out as (
    select
        activities.activity_key,
        activities.activity_type,
        activities.owner_key,
        activities.team_key,
        activities.account_key,
        activities.opportunity_key,
        activities.completed_at,
        activities.completed_on,
        coalesce(first_purchases.first_won_on <= activities.completed_on, false)
            as is_with_customer,
        turns.opportunity_key is not null as is_on_open_deal
    from activities
    left join first_purchases on activities.account_key = first_purchases.account_key
    -- Turns do not overlap: at most one holds the instant.
    left join turns
        on
            activities.opportunity_key = turns.opportunity_key
            and activities.completed_at >= turns.turned_at
            and (turns.next_turned_at is null or activities.completed_at < turns.next_turned_at)
            and not turns.is_closed
    where
        activities.is_completed
        and activities.activity_type in ('call', 'email', 'meeting')
)

select
    activity_key,
    activity_type,
    owner_key,
    team_key,
    account_key,
    opportunity_key,
    completed_at,
    completed_on,
    is_with_customer,
    is_on_open_deal
from reached_out
-- Prospecting is no follow-up.
where is_with_customer or is_on_open_deal
