-- Touches are first reduced to one per deal and end of a week or month. Each is the last one from
-- that end up to the next such end before which the deal was touched again.
with pipeline as (
    select * from {{ ref('fct_pipeline_as_of') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

changes as (
    select * from {{ ref('fct_stage_changes') }}
),

activities as (
    select * from {{ ref('fct_activities') }}
),

visits as (
    select * from {{ ref('fct_stage_visits') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

-- The next instant after a day at which the pipeline is looked at.
day_ends as (
    select
        days.date_day,
        min(periods.measured_at) as measured_at
    from days
    inner join periods
        on
            days.period_grain = periods.period_grain
            and days.period_start = periods.period_start
    where periods.period_grain <> 'day'
    group by days.date_day
),

touches as (
    select
        opportunity_key,
        created_on as touched_on,
        created_at as touched_at
    from opportunities
    union all
    select
        opportunity_key,
        changed_on as touched_on,
        changed_at as touched_at
    from changes
    union all
    select
        opportunity_key,
        completed_on as touched_on,
        completed_at as touched_at
    from activities
    where is_completed and opportunity_key is not null
),

touched as (
    select
        touches.opportunity_key,
        day_ends.measured_at,
        max(touches.touched_at) as touched_at
    from touches
    inner join day_ends on touches.touched_on = day_ends.date_day
    where touches.touched_at < {{ as_of() }}
    group by touches.opportunity_key, day_ends.measured_at
),

last_touches as (
    select
        opportunity_key,
        touched_at,
        measured_at as first_seen_at,
        coalesce(
            lead(measured_at) over (partition by opportunity_key order by measured_at asc),
            timestamp '9999-12-31 00:00:00'
        ) as replaced_at
    from touched
),

-- Three of four stays in the stage that have ended took no longer than this.
patience as (
    select
        stage_key,
        {{ percentile(0.75, 'stay_milliseconds') }} as patience_milliseconds
    from visits
    where not was_skipped and exited_at < {{ as_of() }}
    group by stage_key
)

select
    pipeline.period_grain,
    pipeline.period_start,
    pipeline.opportunity_key,
    pipeline.stage_key,
    pipeline.amount_base,
    pipeline.close_on,
    pipeline.is_overdue,
    last_touches.touched_at as last_touch_at,
    patience.patience_milliseconds / 86400000 as patience_days,
    coalesce(
        {{ whole_milliseconds('last_touches.touched_at', 'pipeline.measured_at') }}
        > patience.patience_milliseconds,
        false
    ) as is_untouched,
    pipeline.is_overdue
    or coalesce(
        {{ whole_milliseconds('last_touches.touched_at', 'pipeline.measured_at') }}
        > patience.patience_milliseconds,
        false
    ) as is_stalled
from pipeline
left join last_touches
    on
        pipeline.opportunity_key = last_touches.opportunity_key
        and pipeline.measured_at >= last_touches.first_seen_at
        and pipeline.measured_at < last_touches.replaced_at
left join patience on pipeline.stage_key = patience.stage_key
