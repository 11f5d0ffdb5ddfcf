with states as (
    select * from {{ ref('int_crm__opportunity_states') }}
),

opportunity_ids as (
    select * from {{ ref('int_crm__opportunity_ids') }}
    -- A deal in both CRMs has Salesforce's history.
    where is_leading
),

stages as (
    select * from {{ ref('int_crm__stages') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

keyed as (
    select
        opportunity_ids.record_key as opportunity_key,
        states.valid_from,
        states.valid_to,
        {{ stage_key(
            'states.source_system', 'states.vendor_pipeline_id', 'states.vendor_stage_id'
        ) }}
            as stage_key,
        states.amount,
        states.close_on,
        states.forecast_category,
        states.contradicts_history,
        owner_ids.owner_key
    from states
    inner join opportunity_ids
        on
            states.source_system = opportunity_ids.source_system
            and states.vendor_id = opportunity_ids.vendor_id
    left join owner_ids
        on
            states.source_system = owner_ids.source_system
            and states.vendor_owner_id = owner_ids.vendor_id
)

select
    keyed.opportunity_key,
    keyed.valid_from,
    keyed.valid_to,
    keyed.stage_key,
    coalesce(stages.is_closed, false) as is_closed,
    coalesce(stages.is_won, false) as is_won,
    keyed.amount,
    keyed.close_on,
    keyed.owner_key,
    keyed.forecast_category,
    keyed.contradicts_history
from keyed
left join stages on keyed.stage_key = stages.stage_key
