-- One row per goal of an owner, a team or the whole that runs at the run or ended in the period
-- before: what is asked for by when, four checkpoints at the quarters of its working days, and what
-- had been reached at each.
--
-- A sum is what its days add up to by the checkpoint, a ratio the quotient of its days' sums, a
-- stock (open pipeline, open tickets) the value of the checkpoint's day.
with goals as (
    select * from {{ ref('fct_goals') }}
    where
        dimension in ('owner', 'team', 'total')
        and period_grain in ('month', 'quarter', 'year')
        -- A goal for a part of the period is no measure of the whole.
        and is_whole
),

periods as (
    select * from {{ ref('dim_period') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

teams as (
    select * from {{ ref('dim_team') }}
),

working_days as (
    select * from {{ ref('dim_working_day') }}
    where country_code = {{ business_country() }}
),

ranked as (
    select
        *,
        row_number() over (partition by period_grain order by period_start desc) as newest_first
    from periods
),

plans as (
    select
        goals.*,
        ranked.period_end,
        ranked.last_day,
        ranked.measured_on,
        ranked.is_complete,
        catalogue.unit,
        catalogue.better,
        catalogue.is_additive and not catalogue.is_stock as is_sum,
        catalogue.is_stock,
        {{ add_days('goals.period_start', -1) }} as day_before
    from goals
    inner join ranked
        on
            goals.period_grain = ranked.period_grain
            and goals.period_start = ranked.period_start
            and ranked.newest_first <= 2
    inner join catalogue on goals.kpi_id = catalogue.kpi_id
),

shares as (
    select 1 as checkpoint_number
    union all
    select 2 as checkpoint_number
    union all
    select 3 as checkpoint_number
    union all
    select 4 as checkpoint_number
),

worked as (
    select
        ranked.period_grain,
        ranked.period_start,
        working_days.date_day,
        working_days.working_days_through - first_days.working_days_before as done,
        last_days.working_days_through - first_days.working_days_before as of_all
    from ranked
    inner join working_days
        on
            ranked.period_start <= working_days.date_day
            and ranked.last_day >= working_days.date_day
    inner join working_days as first_days on ranked.period_start = first_days.date_day
    inner join working_days as last_days on ranked.last_day = last_days.date_day
    where ranked.newest_first <= 2
),

-- The first day by which a quarter, half, three quarters of the working days are done; the last
-- checkpoint is the last day.
checkpoints as (
    select
        worked.period_grain,
        worked.period_start,
        shares.checkpoint_number,
        case
            when shares.checkpoint_number = 4 then max(worked.date_day)
            else min(worked.date_day) filter (
                where worked.done * 4 >= worked.of_all * shares.checkpoint_number
            )
        end as checkpoint_on
    from worked
    cross join shares
    group by worked.period_grain, worked.period_start, shares.checkpoint_number
),

expected as (
    select
        checkpoints.period_grain,
        checkpoints.period_start,
        checkpoints.checkpoint_number,
        checkpoints.checkpoint_on,
        case when worked.of_all > 0 then cast(worked.done as double) / worked.of_all else 1 end
            as share_done
    from checkpoints
    inner join worked
        on
            checkpoints.period_grain = worked.period_grain
            and checkpoints.period_start = worked.period_start
            and checkpoints.checkpoint_on = worked.date_day
),

daily as (
    select
        kpi_id,
        dimension,
        dimension_key,
        period_start as date_day,
        numerator,
        denominator,
        value
    from kpi_values
    where period_grain = 'day'
),

reached as (
    select
        plans.kpi_id,
        plans.period_grain,
        plans.period_start,
        plans.dimension,
        plans.dimension_key,
        expected.checkpoint_number,
        sum(daily.numerator) as numerator,
        sum(daily.denominator) as denominator,
        max(daily.value) filter (where daily.date_day = expected.checkpoint_on) as last_value
    from plans
    inner join expected
        on
            plans.period_grain = expected.period_grain
            and plans.period_start = expected.period_start
    inner join daily
        on
            plans.kpi_id = daily.kpi_id
            and plans.dimension = daily.dimension
            and plans.dimension_key = daily.dimension_key
            and plans.period_start <= daily.date_day
            and expected.checkpoint_on >= daily.date_day
    group by
        plans.kpi_id,
        plans.period_grain,
        plans.period_start,
        plans.dimension,
        plans.dimension_key,
        expected.checkpoint_number
),

checked as (
    select
        plans.kpi_id,
        plans.period_grain,
        plans.period_start,
        plans.dimension,
        plans.dimension_key,
        expected.checkpoint_number,
        expected.checkpoint_on,
        case
            when plans.is_sum then plans.goal_value * expected.share_done
            else plans.goal_value
        end as expected_value,
        case
            -- Not there yet.
            when expected.checkpoint_on > {{ as_of_date() }} then null
            when plans.is_sum then coalesce(reached.numerator, 0)
            when plans.is_stock then reached.last_value
            else {{ safe_divide('reached.numerator', 'reached.denominator') }}
        end as reached_value
    from plans
    inner join expected
        on
            plans.period_grain = expected.period_grain
            and plans.period_start = expected.period_start
    left join reached
        on
            plans.kpi_id = reached.kpi_id
            and plans.period_grain = reached.period_grain
            and plans.period_start = reached.period_start
            and plans.dimension = reached.dimension
            and plans.dimension_key = reached.dimension_key
            and expected.checkpoint_number = reached.checkpoint_number
),

spread as (
    select
        kpi_id,
        period_grain,
        period_start,
        dimension,
        dimension_key,
    {%- for number in [1, 2, 3, 4] %}
        max(case when checkpoint_number = {{ number }} then checkpoint_on end)
            as checkpoint_{{ number }}_on,
        max(case when checkpoint_number = {{ number }} then expected_value end)
            as checkpoint_{{ number }}_expected,
        max(case when checkpoint_number = {{ number }} then reached_value end)
            as checkpoint_{{ number }}_value{{ "," if not loop.last }}
    {%- endfor %}
    from checked
    group by kpi_id, period_grain, period_start, dimension, dimension_key
),

planned as (
    select
        plans.kpi_id,
        plans.dimension,
        plans.dimension_key,
        coalesce(owners.owner_name, teams.team_name, plans.dimension_key) as dimension_value,
        plans.period_grain,
        plans.period_start,
        plans.period_end,
        plans.is_complete,
        plans.unit,
        plans.goal_rule,
        cast(plans.goal_value as double) as goal_value,
        cast(plans.goal_to_date as double) as goal_to_date,
        -- Where it began: the KPI of the period before.
        cast(
            case when plans.is_sum then coalesce(earlier.value, 0) else earlier.value end as double
        ) as start_value,
        cast(
            case
                when plans.is_sum then coalesce(current_values.value, 0) else current_values.value
            end as double
        ) as value,
        {%- for number in [1, 2, 3, 4] %}
            spread.checkpoint_{{ number }}_on,
            cast(spread.checkpoint_{{ number }}_expected as double)
                as checkpoint_{{ number }}_expected,
            cast(spread.checkpoint_{{ number }}_value as double) as checkpoint_{{ number }}_value,
        {%- endfor %}
        plans.better
    from plans
    inner join spread
        on
            plans.kpi_id = spread.kpi_id
            and plans.period_grain = spread.period_grain
            and plans.period_start = spread.period_start
            and plans.dimension = spread.dimension
            and plans.dimension_key = spread.dimension_key
    left join kpi_values as current_values
        on
            plans.kpi_id = current_values.kpi_id
            and plans.period_grain = current_values.period_grain
            and plans.period_start = current_values.period_start
            and plans.dimension = current_values.dimension
            and plans.dimension_key = current_values.dimension_key
    left join kpi_values as earlier
        on
            plans.kpi_id = earlier.kpi_id
            and plans.period_grain = earlier.period_grain
            and plans.period_start = earlier.period_end
            and plans.dimension = earlier.dimension
            and plans.dimension_key = earlier.dimension_key
    left join owners on plans.dimension = 'owner' and plans.dimension_key = owners.owner_key
    left join teams on plans.dimension = 'team' and plans.dimension_key = teams.team_key
)

select
    kpi_id,
    dimension,
    dimension_key,
    dimension_value,
    period_grain,
    period_start,
    period_end,
    is_complete,
    unit,
    goal_rule,
    goal_value,
    goal_to_date,
    start_value,
    value,
    {%- for number in [1, 2, 3, 4] %}
        checkpoint_{{ number }}_on,
        checkpoint_{{ number }}_expected,
        checkpoint_{{ number }}_value,
    {%- endfor %}
    {{ goal_status('value', 'goal_to_date', 'better') }} as status,
    {{ goal_status('value', 'goal_to_date', 'better') }} = 'on_track' as is_on_track
from planned
