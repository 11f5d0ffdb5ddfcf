with versions as (
    select * from {{ ref('int_crm__opportunity_versions') }}
),

with_previous as (
    select
        opportunity_key,
        valid_from,
        stage_key,
        lag(stage_key) over (partition by opportunity_key order by valid_from) as previous_stage_key
    from versions
),

changes as (
    select
        opportunity_key,
        valid_from as changed_at,
        stage_key,
        previous_stage_key
    from with_previous
    -- Versions that changed something else, or took the stage away, enter no stage.
    where stage_key is not null and stage_key is distinct from previous_stage_key
)

select
    opportunity_key,
    changed_at,
    row_number() over (partition by opportunity_key order by changed_at) as change_number,
    stage_key,
    previous_stage_key,
    row_number() over (partition by opportunity_key, stage_key order by changed_at) = 1
        as is_first_entry
from changes
