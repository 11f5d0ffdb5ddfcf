-- The daily, weekly and monthly pack: values and goals come from fct_kpi_values and fct_goals, not
-- computed again. Which KPIs are in it says the seed performance_pack.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where period_grain in ('day', 'week', 'month') and dimension in ('total', 'team', 'owner')
),

pack as (
    select * from {{ ref('performance_pack') }}
),

goals as (
    select * from {{ ref('fct_goals') }}
    -- A goal for a part of the period is no measure of the whole.
    where is_whole
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

-- Who has a goal and did nothing of it has a row as well: of what is counted, nothing is 0.
recorded as (
    select
        kpi_id,
        period_grain,
        period_start,
        period_end,
        is_complete,
        dimension,
        dimension_key,
        dimension_value,
        numerator,
        denominator,
        value,
        n,
        unit
    from kpi_values
    union all
    select
        goals.kpi_id,
        goals.period_grain,
        goals.period_start,
        periods.period_end,
        periods.is_complete,
        goals.dimension,
        goals.dimension_key,
        goals.dimension_value,
        0 as numerator,
        cast(null as decimal(38, 10)) as denominator,
        0 as value,
        0 as n,
        catalogue.unit
    from goals
    inner join catalogue on goals.kpi_id = catalogue.kpi_id
    inner join periods
        on
            goals.period_grain = periods.period_grain
            and goals.period_start = periods.period_start
    left join kpi_values
        on
            goals.kpi_id = kpi_values.kpi_id
            and goals.period_grain = kpi_values.period_grain
            and goals.period_start = kpi_values.period_start
            and goals.dimension = kpi_values.dimension
            and goals.dimension_key = kpi_values.dimension_key
    where
        goals.period_grain in ('day', 'week', 'month')
        and goals.dimension in ('total', 'team', 'owner')
        and catalogue.is_additive
        and kpi_values.kpi_id is null
),

packed as (
    select
        recorded.*,
        cast(pack.pack_position as bigint) as pack_position,
        -- The row of the period right before it, if there is one.
        lag(recorded.value) over (
            partition by
                recorded.kpi_id,
                recorded.period_grain,
                recorded.dimension,
                recorded.dimension_key
            order by recorded.period_start asc
        ) as previous_row_value,
        lag(recorded.period_end) over (
            partition by
                recorded.kpi_id,
                recorded.period_grain,
                recorded.dimension,
                recorded.dimension_key
            order by recorded.period_start asc
        ) as previous_row_end
    from recorded
    inner join pack on recorded.kpi_id = pack.kpi_id
)

select
    packed.kpi_id,
    packed.pack_position,
    packed.period_grain,
    packed.period_start,
    packed.period_end,
    packed.is_complete,
    packed.dimension,
    packed.dimension_key,
    packed.dimension_value,
    packed.numerator,
    packed.denominator,
    packed.value,
    packed.n,
    case
        when packed.previous_row_end = packed.period_start then packed.previous_row_value
        -- Nothing happened in the period before: for what is counted, that is zero.
        when catalogue.is_additive then 0
    end as previous_value,
    goals.goal_value,
    goals.goal_to_date,
    goals.goal_rule,
    cast({{ safe_divide('packed.value', 'goals.goal_value') }} as double) as goal_share,
    {{ goal_status('packed.value', 'goals.goal_to_date', 'catalogue.better') }} as status,
    packed.unit
from packed
inner join catalogue on packed.kpi_id = catalogue.kpi_id
left join goals
    on
        packed.kpi_id = goals.kpi_id
        and packed.period_grain = goals.period_grain
        and packed.period_start = goals.period_start
        and packed.dimension = goals.dimension
        and packed.dimension_key = goals.dimension_key
