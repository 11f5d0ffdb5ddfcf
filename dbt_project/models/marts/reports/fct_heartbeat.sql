-- Every KPI as it stands in the week, month, quarter and year in which the run falls, beside what
-- it was, what it should be, where it goes and what moved it. Computed from fct_kpi_values alone.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

goals as (
    select * from {{ ref('fct_goals') }}
    -- A goal for a part of the period is no measure of the whole.
    where is_whole
),

periods as (
    select * from {{ ref('dim_period') }}
    where period_grain <> 'day'
),

excluded as (
    select * from {{ ref('excluded_records') }}
),

current_periods as (
    select
        period_grain,
        max(period_start) as period_start,
        max(period_end) as period_end,
        max(measured_on) as measured_on
    from periods
    group by period_grain
),

-- For each grain: the period itself, the one before, and the same one a year ago. A week is
-- compared with the one 52 weeks earlier.
spans as (
    select
        period_grain,
        period_start,
        period_end,
        measured_on,
        cast(
            case period_grain
                when 'week' then {{ add_days('period_start', -7) }}
                when 'month' then period_start - interval '1' month
                when 'quarter' then period_start - interval '3' month
                else period_start - interval '12' month
            end as date
        ) as previous_start,
        cast(
            case
                when period_grain = 'week' then {{ add_days('period_start', -364) }}
                else period_start - interval '12' month
            end as date
        ) as last_year_start,
        {{ days_between('period_start', 'measured_on') }} as days_gone
    from current_periods
),

-- What has a row now, had one in the period before, or has a goal: a rep without a sale this month
-- is no less a rep.
named as (
    select
        kpi_values.kpi_id,
        spans.period_grain,
        spans.period_start,
        kpi_values.dimension,
        kpi_values.dimension_key,
        kpi_values.dimension_value
    from kpi_values
    inner join spans
        on
            kpi_values.period_grain = spans.period_grain
            and kpi_values.period_start in (spans.period_start, spans.previous_start)
    union all
    select
        goals.kpi_id,
        spans.period_grain,
        spans.period_start,
        goals.dimension,
        goals.dimension_key,
        goals.dimension_value
    from goals
    inner join spans
        on
            goals.period_grain = spans.period_grain
            and goals.period_start = spans.period_start
),

subjects as (
    select
        kpi_id,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        max(dimension_value) as dimension_value
    from named
    group by kpi_id, period_grain, period_start, dimension, dimension_key
),

-- As much of an earlier period as has gone of this one; only of what adds up day by day.
daily as (
    select
        kpi_values.kpi_id,
        kpi_values.dimension,
        kpi_values.dimension_key,
        kpi_values.period_start as date_day,
        kpi_values.value
    from kpi_values
    inner join catalogue on kpi_values.kpi_id = catalogue.kpi_id
    where kpi_values.period_grain = 'day' and catalogue.is_additive and not catalogue.is_stock
),

to_date as (
    select
        daily.kpi_id,
        spans.period_grain,
        daily.dimension,
        daily.dimension_key,
        sum(daily.value) filter (
            where
            daily.date_day >= spans.previous_start
            and daily.date_day < spans.period_start
            and daily.date_day <= {{ add_days('spans.previous_start', 'spans.days_gone') }}
        ) as previous_to_date_value,
        sum(daily.value) filter (
            where
            daily.date_day >= spans.last_year_start
            and daily.date_day <= {{ add_days('spans.last_year_start', 'spans.days_gone') }}
        ) as last_year_to_date_value
    from daily
    inner join spans on daily.date_day >= spans.last_year_start
    group by daily.kpi_id, spans.period_grain, daily.dimension, daily.dimension_key
),

-- Where it goes: the three complete periods before this one against the three before them.
complete as (
    select
        kpi_id,
        period_grain,
        dimension,
        dimension_key,
        value,
        row_number() over (
            partition by kpi_id, period_grain, dimension, dimension_key order by period_start desc
        ) as newest_first
    from kpi_values
    where is_complete and period_grain <> 'day' and value is not null
),

trends as (
    select
        kpi_id,
        period_grain,
        dimension,
        dimension_key,
        sum(value) filter (where newest_first <= 3) as recent_value,
        sum(value) filter (where newest_first > 3) as earlier_value,
        count(*) as period_count
    from complete
    where newest_first <= 6
    group by kpi_id, period_grain, dimension, dimension_key
),

families as (
    select family
    from catalogue
    group by family
),

distrust as (
    select
        families.family,
        count(*) as excluded_record_count
    from excluded
    inner join families
        on contains(concat(',', excluded.kpi_families, ','), concat(',', families.family, ','))
    group by families.family
),

measured as (
    select
        subjects.kpi_id,
        subjects.period_grain,
        subjects.period_start,
        spans.period_end,
        subjects.dimension,
        subjects.dimension_key,
        subjects.dimension_value,
        catalogue.family,
        catalogue.unit,
        catalogue.better,
        catalogue.is_additive and not catalogue.is_stock as is_sum,
        case
            when catalogue.is_additive then coalesce(now_values.value, 0) else now_values.value
        end as value,
        coalesce(now_values.n, 0) as n,
        now_values.is_mature,
        case
            when catalogue.is_additive then coalesce(earlier.value, 0) else earlier.value
        end as previous_value,
        last_year.value as last_year_value,
        case
            when catalogue.is_additive and not catalogue.is_stock
                then coalesce(to_date.previous_to_date_value, 0)
        end as previous_to_date_value,
        case
            -- Before the first record there is no last year to compare with.
            when
                catalogue.is_additive and not catalogue.is_stock and last_year.value is not null
                then coalesce(to_date.last_year_to_date_value, 0)
        end as last_year_to_date_value,
        goals.goal_value,
        goals.goal_to_date,
        goals.goal_rule,
        case
            when trends.period_count < 6 or trends.period_count is null then 'unknown'
            when
                trends.recent_value > trends.earlier_value + 0.05 * abs(trends.earlier_value)
                then 'rising'
            when
                trends.recent_value < trends.earlier_value - 0.05 * abs(trends.earlier_value)
                then 'falling'
            else 'flat'
        end as trend,
        coalesce(distrust.excluded_record_count, 0) as excluded_record_count
    from subjects
    inner join spans on subjects.period_grain = spans.period_grain
    inner join catalogue on subjects.kpi_id = catalogue.kpi_id
    left join kpi_values as now_values
        on
            subjects.kpi_id = now_values.kpi_id
            and subjects.period_grain = now_values.period_grain
            and subjects.period_start = now_values.period_start
            and subjects.dimension = now_values.dimension
            and subjects.dimension_key = now_values.dimension_key
    left join kpi_values as earlier
        on
            subjects.kpi_id = earlier.kpi_id
            and subjects.period_grain = earlier.period_grain
            and spans.previous_start = earlier.period_start
            and subjects.dimension = earlier.dimension
            and subjects.dimension_key = earlier.dimension_key
    left join kpi_values as last_year
        on
            subjects.kpi_id = last_year.kpi_id
            and subjects.period_grain = last_year.period_grain
            and spans.last_year_start = last_year.period_start
            and subjects.dimension = last_year.dimension
            and subjects.dimension_key = last_year.dimension_key
    left join to_date
        on
            subjects.kpi_id = to_date.kpi_id
            and subjects.period_grain = to_date.period_grain
            and subjects.dimension = to_date.dimension
            and subjects.dimension_key = to_date.dimension_key
    left join trends
        on
            subjects.kpi_id = trends.kpi_id
            and subjects.period_grain = trends.period_grain
            and subjects.dimension = trends.dimension
            and subjects.dimension_key = trends.dimension_key
    left join goals
        on
            subjects.kpi_id = goals.kpi_id
            and subjects.period_grain = goals.period_grain
            and subjects.period_start = goals.period_start
            and subjects.dimension = goals.dimension
            and subjects.dimension_key = goals.dimension_key
    left join distrust on catalogue.family = distrust.family
),

moved as (
    select
        *,
        -- Like is compared with like: what adds up, with as much of the period before.
        value - coalesce(previous_to_date_value, previous_value) as moved_by
    from measured
),

-- Why the whole moved: the part, of all dimensions, that moved most in the same direction.
parts as (
    select
        parts.kpi_id,
        parts.period_grain,
        parts.dimension,
        parts.dimension_value,
        parts.moved_by,
        row_number() over (
            partition by parts.kpi_id, parts.period_grain
            order by abs(parts.moved_by) desc, parts.dimension asc, parts.dimension_key asc
        ) as choice
    from moved as parts
    inner join moved as wholes
        on
            parts.kpi_id = wholes.kpi_id
            and parts.period_grain = wholes.period_grain
            and wholes.dimension = 'total'
    where
        parts.dimension <> 'total'
        -- That nobody knows where it came from explains nothing.
        and parts.dimension_key <> 'unknown'
        and parts.is_sum
        and parts.moved_by <> 0
        and (parts.moved_by > 0) = (wholes.moved_by > 0)
)

select
    moved.kpi_id,
    moved.family as kpi_family,
    moved.unit,
    moved.period_grain,
    moved.period_start,
    moved.period_end,
    moved.dimension,
    moved.dimension_key,
    moved.dimension_value,
    moved.value,
    moved.n,
    moved.is_mature,
    moved.previous_value,
    moved.previous_to_date_value,
    moved.last_year_value,
    moved.last_year_to_date_value,
    moved.moved_by,
    case
        when moved.moved_by is null or moved.better = 'neither' then null
        when moved.moved_by = 0 then 'same'
        when (moved.moved_by > 0) = (moved.better = 'up') then 'better'
        else 'worse'
    end as direction,
    moved.goal_value,
    moved.goal_to_date,
    moved.goal_rule,
    {{ goal_status('moved.value', 'moved.goal_to_date', 'moved.better') }} as status,
    moved.trend,
    parts.dimension as driver_dimension,
    parts.dimension_value as driver_value,
    parts.moved_by as driver_change,
    moved.excluded_record_count
from moved
left join parts
    on
        moved.kpi_id = parts.kpi_id
        and moved.period_grain = parts.period_grain
        and moved.dimension = 'total'
        and parts.choice = 1
