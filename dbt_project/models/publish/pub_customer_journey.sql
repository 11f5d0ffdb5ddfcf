with journey as (
    select * from {{ ref('fct_customer_journey') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
)

select
    journey.account_key,
    accounts.account_name,
    journey.event_number,
    journey.event_type,
    journey.occurred_at,
    journey.occurred_on,
    journey.days_since_previous,
    journey.days_since_first,
    journey.is_customer,
    journey.opportunity_key,
    stages.stage_label,
    journey.person_key,
    journey.owner_key,
    owners.owner_name,
    journey.amount_base
from journey
inner join accounts on journey.account_key = accounts.account_key
left join owners on journey.owner_key = owners.owner_key
left join stages on journey.stage_key = stages.stage_key
