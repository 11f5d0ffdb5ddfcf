-- Known from other packages: the days from creation to close, negative because their arguments were
-- swapped. A day counted forward from the creation must meet the close date.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

leads as (
    select * from {{ ref('fct_leads') }}
),

purchases as (
    select * from {{ ref('fct_first_purchases') }}
),

durations as (
    select
        opportunity_key as record_key,
        created_on as begun_on,
        closed_on as ended_on,
        cycle_days as duration_days
    from opportunities
    where cycle_days is not null
    union all
    select
        person_key as record_key,
        lead_on as begun_on,
        first_won_on as ended_on,
        days_to_win as duration_days
    from leads
    where days_to_win is not null
    union all
    select
        account_key as record_key,
        first_contact_on as begun_on,
        first_won_on as ended_on,
        journey_days as duration_days
    from purchases
    where journey_days is not null
)

select
    record_key,
    begun_on,
    ended_on,
    duration_days
from durations
where duration_days < 0 or {{ add_days('begun_on', 'duration_days') }} <> ended_on
