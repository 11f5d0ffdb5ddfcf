with opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where not is_closed
),

activities as (
    select * from {{ ref('fct_activities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

weights as (
    select * from {{ ref('hygiene_weights') }}
),

last_activities as (
    select
        opportunity_key,
        max(completed_on) as last_activity_on
    from activities
    where is_completed and opportunity_key is not null
    group by opportunity_key
),

kept as (
    select
        opportunities.opportunity_key,
        -- Today's owner: they can put it right, whoever left it like this.
        opportunities.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        last_activities.last_activity_on,
        opportunities.is_overdue,
        coalesce(opportunities.amount, 0) <= 0 as is_without_amount,
        opportunities.next_step is null as is_without_next_step,
        opportunities.person_key is null as is_without_contact,
        -- A young deal has not had the time to be forgotten.
        opportunities.created_on <= {{ add_days(as_of_date(), -30) }}
        and coalesce(
            last_activities.last_activity_on <= {{ add_days(as_of_date(), -30) }}, true
        ) as is_inactive
    from opportunities
    left join last_activities
        on opportunities.opportunity_key = last_activities.opportunity_key
    left join owners on opportunities.owner_key = owners.owner_key
),

defects as (
    select
        opportunity_key,
        'overdue' as defect
    from kept
    where is_overdue
    union all
    select
        opportunity_key,
        'no_amount' as defect
    from kept
    where is_without_amount
    union all
    select
        opportunity_key,
        'no_next_step' as defect
    from kept
    where is_without_next_step
    union all
    select
        opportunity_key,
        'no_contact' as defect
    from kept
    where is_without_contact
    union all
    select
        opportunity_key,
        'inactive_30_days' as defect
    from kept
    where is_inactive
),

weighed as (
    select
        defects.opportunity_key,
        sum(weights.weight) as defect_weight
    from defects
    inner join weights on defects.defect = weights.defect
    group by defects.opportunity_key
)

select
    kept.opportunity_key,
    kept.owner_key,
    kept.owner_name,
    kept.team_key,
    kept.team_name,
    kept.last_activity_on,
    kept.is_overdue,
    kept.is_without_amount,
    kept.is_without_next_step,
    kept.is_without_contact,
    kept.is_inactive,
    cast(coalesce(weighed.defect_weight, 0) as decimal(5, 2)) as defect_weight
from kept
left join weighed on kept.opportunity_key = weighed.opportunity_key
