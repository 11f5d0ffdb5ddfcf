with snapshots as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
),

-- Owners are logged as a row with the ids and a row with the names; a user's id starts with 005.
owner_changes as (
    select * from {{ ref('stg_salesforce__opportunity_field_history') }}
    where field in ('Owner', 'OwnerId') and substr(new_value, 1, 3) = '005'
),

opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

stage_names as (
    select * from {{ ref('int_salesforce__stage_names_conformed') }}
),

categories as (
    select * from {{ ref('forecast_category_map') }}
    where source_system = 'salesforce'
),

-- The first snapshot is what the opportunity was created with, though stamped a little later.
ordered_snapshots as (
    select
        opportunity_id,
        stage_name,
        amount,
        close_on,
        forecast_category,
        created_at,
        row_number() over (
            partition by opportunity_id order by created_at, opportunity_history_id
        ) as sequence_number
    from snapshots
),

placed_snapshots as (
    select
        taken.opportunity_id,
        taken.sequence_number,
        coalesce(stage_names.vendor_stage_id, taken.stage_name) as vendor_stage_id,
        taken.amount,
        taken.close_on,
        categories.forecast_category,
        case
            when taken.sequence_number = 1
                then coalesce(opportunities.created_at, taken.created_at)
            else taken.created_at
        end as changed_at
    from ordered_snapshots as taken
    left join opportunities on taken.opportunity_id = opportunities.opportunity_id
    left join stage_names on taken.stage_name = stage_names.stage_text
    left join categories on taken.forecast_category = categories.vendor_value
),

ordered_owners as (
    select
        opportunity_id,
        old_value,
        new_value,
        created_at,
        row_number() over (
            partition by opportunity_id order by created_at, opportunity_field_history_id
        ) as sequence_number
    from owner_changes
),

changes as (
    select
        opportunity_id,
        changed_at,
        sequence_number,
        'stage' as field,
        vendor_stage_id as value
    from placed_snapshots
    union all
    select
        opportunity_id,
        changed_at,
        sequence_number,
        'amount' as field,
        cast(amount as string) as value
    from placed_snapshots
    union all
    select
        opportunity_id,
        changed_at,
        sequence_number,
        'close_on' as field,
        cast(close_on as string) as value
    from placed_snapshots
    union all
    select
        opportunity_id,
        changed_at,
        sequence_number,
        'forecast_category' as field,
        forecast_category as value
    from placed_snapshots
    union all
    select
        opportunity_id,
        created_at as changed_at,
        sequence_number,
        'owner' as field,
        new_value as value
    from ordered_owners
    union all
    select
        ordered_owners.opportunity_id,
        opportunities.created_at as changed_at,
        0 as sequence_number,
        'owner' as field,
        ordered_owners.old_value as value
    from ordered_owners
    inner join opportunities on ordered_owners.opportunity_id = opportunities.opportunity_id
    where ordered_owners.sequence_number = 1
)

select
    'salesforce' as source_system,
    opportunity_id as vendor_id,
    changed_at,
    sequence_number,
    field,
    value
from changes
