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

-- The last version has an end too, far off: the join below is two plain comparisons. With an `or`
-- in it, every activity would meet every version.
open_versions as (
    select
        opportunity_key,
        valid_from,
        coalesce(valid_to, timestamp '9999-12-31 00:00:00') as open_until
    from versions
    where not is_closed
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
        open_versions.opportunity_key is not null as is_on_open_deal
    from activities
    left join first_purchases on activities.account_key = first_purchases.account_key
    -- Versions do not overlap: at most one holds the instant.
    left join open_versions
        on
            activities.opportunity_key = open_versions.opportunity_key
            and activities.completed_at >= open_versions.valid_from
            and activities.completed_at < open_versions.open_until
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
