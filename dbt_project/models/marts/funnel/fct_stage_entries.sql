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

candidates as (
    select * from real_entries
    union all
    select * from jumped_over
),

ranked as (
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
            partition by opportunity_key, stage_key
            order by change_number asc, was_skipped asc
        ) as entry_number
    from candidates
),

entries as (
    select
        opportunity_key,
        stage_key,
        pipeline_key,
        stage_order,
        change_number,
        changed_at,
        changed_on,
        was_skipped
    from ranked
    where entry_number = 1
),

advances as (
    select
        entries.opportunity_key,
        entries.stage_key,
        min(changes.changed_at) as advanced_at
    from entries
    inner join changes
        on
            entries.opportunity_key = changes.opportunity_key
            and entries.change_number < changes.change_number
            and not changes.is_lost
            and (
                changes.is_won
                or (
                    entries.pipeline_key = changes.pipeline_key
                    and entries.stage_order < changes.stage_order
                )
                -- A stage whose place nobody knows any more: any other stage is progress.
                or (entries.stage_order is null and entries.stage_key <> changes.stage_key)
            )
    group by entries.opportunity_key, entries.stage_key
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
