-- By the period of entry. Visits that still run are censored: their days so far would pull every
-- statistic down, so they are counted and averaged in columns of their own. Means come from whole
-- milliseconds: a sum of doubles depends on the order of its parts, and so on the run.
with visits as (
    select * from {{ ref('fct_stage_visits') }}
),

stages as (
    select * from {{ ref('dim_stage') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

spine as (
    select min(period_start) as first_day
    from periods
),

placed as (
    select
        days.period_grain,
        days.period_start,
        visits.stage_key,
        visits.is_open,
        visits.stay_milliseconds
    from visits
    inner join days on visits.entered_on = days.date_day
    where
        days.period_grain in ('month', 'quarter', 'year')
        -- A stage that was jumped over took no time, which says nothing about those that stayed.
        and not visits.was_skipped
    union all
    select
        'all' as period_grain,
        spine.first_day as period_start,
        visits.stage_key,
        visits.is_open,
        visits.stay_milliseconds
    from visits
    cross join spine
    where not visits.was_skipped
),

measured as (
    select
        period_grain,
        period_start,
        stage_key,
        count(*) filter (where not is_open) as completed_count,
        cast(sum(stay_milliseconds) filter (where not is_open) as double)
        / nullif(count(*) filter (where not is_open), 0)
        / 86400000 as mean_days,
        {{ duration_percentiles(
            'case when not is_open then stay_milliseconds / 86400000.0 end', 'days'
        ) }},
        count(*) filter (where is_open) as open_count,
        cast(sum(stay_milliseconds) filter (where is_open) as double)
        / nullif(count(*) filter (where is_open), 0)
        / 86400000 as open_mean_days
    from placed
    group by period_grain, period_start, stage_key
)

select
    measured.period_grain,
    measured.period_start,
    measured.stage_key,
    stages.pipeline_key,
    stages.stage_label,
    stages.stage_order,
    measured.completed_count,
    measured.mean_days,
    measured.days_median as median_days,
    measured.days_p75 as p75_days,
    measured.days_p90 as p90_days,
    measured.open_count,
    measured.open_mean_days
from measured
inner join stages on measured.stage_key = stages.stage_key
