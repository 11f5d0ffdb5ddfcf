with changes as (
    select * from {{ ref('int_crm__stage_changes') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
)

select
    changes.opportunity_key,
    changes.change_number,
    changes.changed_at,
    {{ to_business_date('changes.changed_at') }} as changed_on,
    changes.stage_key,
    changes.previous_stage_key,
    changes.is_first_entry,
    stages.pipeline_key,
    stages.stage_order,
    stages.is_closed,
    stages.is_won,
    stages.is_lost
from changes
-- Inner: changes of excluded deals stay out.
inner join opportunities on changes.opportunity_key = opportunities.opportunity_key
left join stages on changes.stage_key = stages.stage_key
