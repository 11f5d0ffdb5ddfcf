with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

dates as (
    select date_day
    from {{ ref('dim_date') }}
    where is_in_spine
),

entries as (
    select * from {{ ref('fct_stage_entries') }}
),

visits as (
    select * from {{ ref('fct_stage_visits') }}
    -- A stage that was jumped over took no time, which says nothing about those that stayed.
    where not was_skipped
),

stages as (
    select * from {{ ref('dim_stage') }}
),

-- Over all stages: steps taken out of steps begun.
described_entries as (
    select
        entries.entered_on as date_day,
        entries.days_to_conversion,
        1 as entered_count,
        case when entries.is_converted then 1 else 0 end as converted_count,
        entries.stage_key,
        stages.stage_label
    from entries
    inner join stages on entries.stage_key = stages.stage_key
),

entry_parts as (
    {{ by_dimension(
        'described_entries',
        ['date_day', 'entered_count', 'converted_count', 'days_to_conversion'],
        {'stage': ['stage_key', 'stage_label']}
    ) }}
),

entry_days as (
    select
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        sum(entered_count) as entered_count,
        sum(converted_count) as converted_count
    from entry_parts
    group by date_day, dimension, dimension_key, dimension_value
),

entry_sums as (
    {{ period_sums('entry_days', ['entered_count', 'converted_count']) }}
),

-- A cohort is mature when nine of ten that ever moved on had moved on by its age.
motion as (
    select
        dimension,
        dimension_key,
        {{ percentile(0.9, 'days_to_conversion') }} as conversion_days_p90
    from entry_parts
    group by dimension, dimension_key
),

cohorts as (
    select
        sums.period_grain,
        sums.period_start,
        sums.dimension,
        sums.dimension_key,
        sums.dimension_value,
        sums.entered_count,
        sums.converted_count,
        coalesce(
            {{ days_between('periods.last_day', as_of_date()) }} > motion.conversion_days_p90, false
        ) as is_mature
    from entry_sums as sums
    inner join periods
        on
            sums.period_grain = periods.period_grain
            and sums.period_start = periods.period_start
    left join motion
        on
            sums.dimension = motion.dimension
            and sums.dimension_key = motion.dimension_key
),

described_visits as (
    select
        visits.entered_at,
        visits.entered_on,
        visits.exited_at,
        visits.exited_on,
        visits.stay_milliseconds,
        visits.stage_key,
        stages.stage_label,
        stages.pipeline_key,
        stages.pipeline_name
    from visits
    inner join stages on visits.stage_key = stages.stage_key
),

visit_parts as (
    {{ by_dimension(
        'described_visits',
        ['entered_at', 'entered_on', 'exited_at', 'exited_on', 'stay_milliseconds'],
        {'stage': ['stage_key', 'stage_label'], 'pipeline': ['pipeline_key', 'pipeline_name']}
    ) }}
),

placed_stays as (
    select
        days.period_grain,
        days.period_start,
        parts.dimension,
        parts.dimension_key,
        parts.dimension_value,
        parts.stay_milliseconds
    from visit_parts as parts
    inner join days on parts.exited_on = days.date_day
    where parts.exited_at <= {{ as_of() }}
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        cast(null as bigint) as stay_milliseconds
    from periods
),

stays as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        max(dimension_value) as dimension_value,
        count(stay_milliseconds) as stay_count,
        cast(coalesce(sum(stay_milliseconds), 0) as double) / 86400000 as stay_days,
        {{ duration_percentiles('stay_milliseconds / 86400000.0', 'stay') }}
    from placed_stays
    group by period_grain, period_start, dimension, dimension_key
),

-- Stays that go on at the end of a day: those begun by then less those that ended by then.
comings_and_goings as (
    select
        entered_on as date_day,
        dimension,
        dimension_key,
        dimension_value,
        count(*) as open_count
    from visit_parts
    where entered_at < {{ as_of() }}
    group by entered_on, dimension, dimension_key, dimension_value
    union all
    select
        exited_on as date_day,
        dimension,
        dimension_key,
        dimension_value,
        -count(*) as open_count
    from visit_parts
    where entered_at < {{ as_of() }} and exited_at < {{ as_of() }}
    group by exited_on, dimension, dimension_key, dimension_value
),

open_days as (
    {{ trailing_sums('comings_and_goings', ['open_count']) }}
),

open_stays as (
    select
        periods.period_grain,
        periods.period_start,
        open_days.dimension,
        open_days.dimension_key,
        open_days.dimension_value,
        open_days.open_count
    from periods
    inner join open_days on periods.measured_on = open_days.date_day
    where periods.period_grain <> 'day' and open_days.open_count > 0
),

open_totals as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        sum(open_count) as open_count
    from (
        select * from open_stays
        union all
        select
            period_grain,
            period_start,
            'total' as dimension,
            'total' as dimension_key,
            'total' as dimension_value,
            0 as open_count
        from periods
        where period_grain <> 'day'
    ) as all_open
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

{{ kpi_rows(
    'stage_conversion_cohort', 'cohorts', 'entered_count', 'converted_count', 'entered_count',
    is_mature='is_mature'
) }}
union all
{{ kpi_duration_rows('days_in_stage', 'stays', 'stay_days', 'stay_count', 'stay') }}
union all
{{ kpi_rows('open_stage_visits', 'open_totals', 'open_count', 'open_count') }}
