-- Every deal enters every stage once at most: at its first visit, or when it jumps over the stage.
with changes as (
    select * from {{ ref('fct_stage_changes') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

real_entries as (
    select
        opportunity_key,
        stage_key,
        pipeline_key,
        stage_order,
        change_number,
        changed_at,
        changed_on,
        false as was_skipped
    from changes
    where is_first_entry and not is_closed
),

-- Where a change that can jump over stages came from: null at the pipeline's start.
moves as (
    select
        changes.opportunity_key,
        changes.pipeline_key,
        changes.change_number,
        changes.changed_at,
        changes.changed_on,
        changes.stage_order,
        changes.is_won,
        previous.stage_key is null or previous.pipeline_key <> changes.pipeline_key
            as is_from_start,
        previous.stage_order as previous_stage_order
    from changes
    left join stages as previous on changes.previous_stage_key = previous.stage_key
    -- A loss skips nothing: the deal went nowhere.
    where not changes.is_lost
),

jumped_over as (
    select
        moves.opportunity_key,
        stages.stage_key,
        stages.pipeline_key,
        stages.stage_order,
        moves.change_number,
        moves.changed_at,
        moves.changed_on,
        true as was_skipped
    from moves
    inner join stages
        on
            moves.pipeline_key = stages.pipeline_key
            and (moves.is_won or moves.stage_order > stages.stage_order)
            and (moves.is_from_start or moves.previous_stage_order < stages.stage_order)
    where not stages.is_closed and stages.is_listed and stages.stage_order is not null
),

-- Few stages are jumped over: only those are put in order.
first_jumps as (
    select
        opportunity_key,
        stage_key,
        pipeline_key,
        stage_order,
        change_number,
        changed_at,
        changed_on,
        was_skipped,
        row_number() over (
            partition by opportunity_key, stage_key order by change_number asc
        ) as jump_number
    from jumped_over
),

jumps as (
    select
        first_jumps.opportunity_key,
        first_jumps.stage_key,
        first_jumps.pipeline_key,
        first_jumps.stage_order,
        first_jumps.change_number,
        first_jumps.changed_at,
        first_jumps.changed_on,
        first_jumps.was_skipped
    from first_jumps
    left join real_entries
        on
            first_jumps.opportunity_key = real_entries.opportunity_key
            and first_jumps.stage_key = real_entries.stage_key
            and first_jumps.change_number >= real_entries.change_number
    where first_jumps.jump_number = 1 and real_entries.stage_key is null
),

stays as (
    select
        real_entries.opportunity_key,
        real_entries.stage_key,
        real_entries.pipeline_key,
        real_entries.stage_order,
        real_entries.change_number,
        real_entries.changed_at,
        real_entries.changed_on,
        real_entries.was_skipped
    from real_entries
    left join jumps
        on
            real_entries.opportunity_key = jumps.opportunity_key
            and real_entries.stage_key = jumps.stage_key
    where jumps.stage_key is null
),

entries as (
    select * from stays
    union all
    select * from jumps
),

advances as (
    select
        stays.opportunity_key,
        stays.stage_key,
        min(changes.changed_at) as advanced_at
    from stays
    inner join changes
        on
            stays.opportunity_key = changes.opportunity_key
            and stays.change_number < changes.change_number
            and not changes.is_lost
            and (
                changes.is_won
                or (
                    stays.pipeline_key = changes.pipeline_key
                    and stays.stage_order < changes.stage_order
                )
                -- A stage whose place nobody knows any more: any other stage is progress.
                or (stays.stage_order is null and stays.stage_key <> changes.stage_key)
            )
    group by stays.opportunity_key, stays.stage_key
)

select
    entries.opportunity_key,
    entries.stage_key,
    entries.pipeline_key,
    entries.changed_at as entered_at,
    entries.changed_on as entered_on,
    entries.was_skipped,
    case when entries.was_skipped then entries.changed_at else advances.advanced_at end
        as converted_at,
    entries.was_skipped or advances.advanced_at is not null as is_converted,
    not opportunities.is_closed and opportunities.stage_key = entries.stage_key as is_in_stage,
    case
        when entries.was_skipped then cast(0 as double)
        else {{ seconds_between('entries.changed_at', 'advances.advanced_at') }} / 86400
    end as days_to_conversion
from entries
inner join opportunities on entries.opportunity_key = opportunities.opportunity_key
left join advances
    on
        entries.opportunity_key = advances.opportunity_key
        and entries.stage_key = advances.stage_key
