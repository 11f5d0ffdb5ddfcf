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
        change_number,
        is_closed,
        changed_at as entered_at,
        changed_on as entered_on,
        lead(changed_at) over deal as exited_at,
        lead(changed_on) over deal as exited_on
    from changes
    window deal as (partition by opportunity_key order by change_number asc)
),

-- Few visits are not the first one: only those are numbered.
returns as (
    select
        opportunity_key,
        change_number,
        1 + row_number() over (
            partition by opportunity_key, stage_key order by change_number asc
        ) as visit_number
    from changes
    where not is_first_entry
),

visits as (
    select
        sequenced.opportunity_key,
        sequenced.stage_key,
        sequenced.pipeline_key,
        cast(coalesce(returns.visit_number, 1) as integer) as visit_number,
        sequenced.entered_at,
        sequenced.entered_on,
        sequenced.exited_at,
        sequenced.exited_on,
        sequenced.exited_at is null as is_open,
        false as was_skipped,
        {{ whole_milliseconds(
            'sequenced.entered_at', 'coalesce(sequenced.exited_at, ' ~ as_of() ~ ')'
        ) }} as stay_milliseconds
    from sequenced
    left join returns
        on
            sequenced.opportunity_key = returns.opportunity_key
            and sequenced.change_number = returns.change_number
    -- A closed stage is an end, not a place to spend time in.
    where not sequenced.is_closed
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
