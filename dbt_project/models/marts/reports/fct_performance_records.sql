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

packed as (
    select
        kpi_values.*,
        cast(pack.pack_position as bigint) as pack_position,
        -- The row of the period right before it, if there is one.
        lag(kpi_values.value) over (
            partition by
                kpi_values.kpi_id,
                kpi_values.period_grain,
                kpi_values.dimension,
                kpi_values.dimension_key
            order by kpi_values.period_start asc
        ) as previous_row_value,
        lag(kpi_values.period_end) over (
            partition by
                kpi_values.kpi_id,
                kpi_values.period_grain,
                kpi_values.dimension,
                kpi_values.dimension_key
            order by kpi_values.period_start asc
        ) as previous_row_end
    from kpi_values
    inner join pack on kpi_values.kpi_id = pack.kpi_id
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
