-- Every KPI as it stands in the week, month, quarter and year in which the run falls, beside what
-- it was, what it should be, where it goes and what moved it. Computed from fct_kpi_values alone.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

catalogue as (
    select
        *,
        is_additive and not is_stock as is_sum
    from {{ ref('dim_kpi') }}
),

goals as (
    select * from {{ ref('fct_goals') }}
    -- A goal for a part of the period is no measure of the whole.
    where is_whole
),

excluded as (
    select * from {{ ref('excluded_records') }}
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
    from {{ ref('dim_period') }}
    where
        period_grain <> 'day'
        and period_start <= {{ as_of_date() }}
        and period_end > {{ as_of_date() }}
),

-- All that is known of a KPI beside each other: the values of its periods, numbered from the newest
-- complete one back, and the goal of the period that runs.
told as (
    select
        kpi_id,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        value,
        n,
        is_mature,
        case
            when is_complete and value is not null
                then row_number() over (
                    partition by
                        kpi_id, period_grain, dimension, dimension_key,
                        is_complete and value is not null
                    order by period_start desc
                )
        end as newest_first,
        null as goal_value,
        null as goal_to_date,
        null as goal_rule
    from kpi_values
    where period_grain <> 'day'
    union all
    select
        goals.kpi_id,
        goals.period_grain,
        goals.period_start,
        goals.dimension,
        goals.dimension_key,
        goals.dimension_value,
        null as value,
        null as n,
        null as is_mature,
        null as newest_first,
        goals.goal_value,
        goals.goal_to_date,
        goals.goal_rule
    from goals
    inner join spans
        on
            goals.period_grain = spans.period_grain
            and goals.period_start = spans.period_start
),

-- What has a row now, had one in the period before, or has a goal: a rep without a sale this month
-- is no less a rep.
subjects as (
    select
        told.kpi_id,
        told.period_grain,
        told.dimension,
        told.dimension_key,
        max(told.dimension_value) filter (
            where told.period_start in (spans.period_start, spans.previous_start)
        ) as dimension_value,
        max(told.value) filter (where told.period_start = spans.period_start) as value,
        max(told.n) filter (where told.period_start = spans.period_start) as n,
        bool_or(told.is_mature) filter (where told.period_start = spans.period_start) as is_mature,
        max(told.value) filter (where told.period_start = spans.previous_start) as previous_value,
        max(told.value) filter (where told.period_start = spans.last_year_start)
            as last_year_value,
        max(told.goal_value) as goal_value,
        max(told.goal_to_date) as goal_to_date,
        max(told.goal_rule) as goal_rule,
        -- Where it goes: the three complete periods before this one against the three before them.
        sum(told.value) filter (where told.newest_first <= 3) as recent_value,
        sum(told.value) filter (where told.newest_first > 3 and told.newest_first <= 6)
            as earlier_value,
        count(*) filter (where told.newest_first <= 6) as period_count
    from told
    inner join spans on told.period_grain = spans.period_grain
    group by told.kpi_id, told.period_grain, told.dimension, told.dimension_key
    having bool_or(told.period_start in (spans.period_start, spans.previous_start))
),

-- As much of an earlier period as has gone of this one; only of what adds up day by day.
to_date as (
    select
        kpi_values.kpi_id,
        spans.period_grain,
        kpi_values.dimension,
        kpi_values.dimension_key,
        sum(kpi_values.value) filter (
            where
            kpi_values.period_start >= spans.previous_start
            and kpi_values.period_start < spans.period_start
            and kpi_values.period_start
            <= {{ add_days('spans.previous_start', 'spans.days_gone') }}
        ) as previous_value,
        sum(kpi_values.value) filter (
            where
            kpi_values.period_start
            <= {{ add_days('spans.last_year_start', 'spans.days_gone') }}
        ) as last_year_value
    from kpi_values
    inner join catalogue on kpi_values.kpi_id = catalogue.kpi_id and catalogue.is_sum
    inner join spans on kpi_values.period_start >= spans.last_year_start
    where kpi_values.period_grain = 'day'
    group by kpi_values.kpi_id, spans.period_grain, kpi_values.dimension, kpi_values.dimension_key
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
        spans.period_start,
        spans.period_end,
        subjects.dimension,
        subjects.dimension_key,
        subjects.dimension_value,
        catalogue.family,
        catalogue.unit,
        catalogue.better,
        catalogue.is_sum,
        case
            when catalogue.is_additive then coalesce(subjects.value, 0) else subjects.value
        end as value,
        coalesce(subjects.n, 0) as n,
        subjects.is_mature,
        case
            when catalogue.is_additive then coalesce(subjects.previous_value, 0)
            else subjects.previous_value
        end as previous_value,
        subjects.last_year_value,
        case when catalogue.is_sum then coalesce(to_date.previous_value, 0) end
            as previous_to_date_value,
        case
            -- Before the first record there is no last year to compare with.
            when catalogue.is_sum and subjects.last_year_value is not null
                then coalesce(to_date.last_year_value, 0)
        end as last_year_to_date_value,
        subjects.goal_value,
        subjects.goal_to_date,
        subjects.goal_rule,
        case
            when subjects.period_count < 6 then 'unknown'
            when
                subjects.recent_value > subjects.earlier_value + 0.05 * abs(subjects.earlier_value)
                then 'rising'
            when
                subjects.recent_value < subjects.earlier_value - 0.05 * abs(subjects.earlier_value)
                then 'falling'
            else 'flat'
        end as trend,
        coalesce(distrust.excluded_record_count, 0) as excluded_record_count
    from subjects
    inner join spans on subjects.period_grain = spans.period_grain
    inner join catalogue on subjects.kpi_id = catalogue.kpi_id
    left join to_date
        on
            subjects.kpi_id = to_date.kpi_id
            and subjects.period_grain = to_date.period_grain
            and subjects.dimension = to_date.dimension
            and subjects.dimension_key = to_date.dimension_key
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
        case when moved.dimension = 'total' then moved.kpi_id end = parts.kpi_id
        and moved.period_grain = parts.period_grain
        and parts.choice = 1
