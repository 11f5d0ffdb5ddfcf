with changes as (
    select * from {{ ref('fct_stage_changes') }}
),

entries as (
    select * from {{ ref('fct_stage_entries') }}
),

sequenced as (
    select
        opportunity_key,
        stage_key,
        pipeline_key,
        is_closed,
        changed_at as entered_at,
        changed_on as entered_on,
        lead(changed_at) over (
            partition by opportunity_key order by change_number asc
        ) as exited_at,
        lead(changed_on) over (
            partition by opportunity_key order by change_number asc
        ) as exited_on,
        row_number() over (
            partition by opportunity_key, stage_key order by change_number asc
        ) as visit_number
    from changes
),

visits as (
    select
        opportunity_key,
        stage_key,
        pipeline_key,
        cast(visit_number as integer) as visit_number,
        entered_at,
        entered_on,
        exited_at,
        exited_on,
        exited_at is null as is_open,
        false as was_skipped,
        {{ whole_milliseconds('entered_at', 'coalesce(exited_at, ' ~ as_of() ~ ')') }}
            as stay_milliseconds
    from sequenced
    -- A closed stage is an end, not a place to spend time in.
    where not is_closed
),

-- A stage that was jumped over is a visit of no length, numbered 0.
skips as (
    select
        opportunity_key,
        stage_key,
        pipeline_key,
        0 as visit_number,
        entered_at,
        entered_on,
        entered_at as exited_at,
        entered_on as exited_on,
        false as is_open,
        was_skipped,
        cast(0 as bigint) as stay_milliseconds
    from entries
    where was_skipped
),

all_visits as (
    select * from visits
    union all
    select * from skips
)

select
    md5(concat_ws('|', opportunity_key, stage_key, cast(visit_number as string)))
        as stage_visit_key,
    opportunity_key,
    stage_key,
    pipeline_key,
    visit_number,
    entered_at,
    entered_on,
    exited_at,
    exited_on,
    is_open,
    was_skipped,
    stay_milliseconds,
    cast(stay_milliseconds as double) / 86400000 as days_in_stage
from all_visits
