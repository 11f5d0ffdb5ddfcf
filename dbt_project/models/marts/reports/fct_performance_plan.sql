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
        period_grain,
        period_start,
        {%- for number in [1, 2, 3] %}
            min(date_day) filter (where done * 4 >= of_all * {{ number }})
                as checkpoint_{{ number }}_on,
            case
                when max(of_all) = 0 then 1
                else
                    cast(min(done) filter (where done * 4 >= of_all * {{ number }}) as double)
                    / max(of_all)
            end as share_{{ number }}_done,
        {%- endfor %}
        max(date_day) as checkpoint_4_on,
        cast(1 as double) as share_4_done
    from worked
    group by period_grain, period_start
),

plans as (
    select
        goals.*,
        ranked.period_end,
        ranked.is_complete,
        catalogue.unit,
        catalogue.better,
        catalogue.is_additive and not catalogue.is_stock as is_sum,
        {%- for number in [1, 2, 3, 4] %}
            checkpoints.checkpoint_{{ number }}_on,
            checkpoints.share_{{ number }}_done,
        {%- endfor %}
        catalogue.is_stock
    from goals
    inner join ranked
        on
            goals.period_grain = ranked.period_grain
            and goals.period_start = ranked.period_start
            and ranked.newest_first <= 2
    inner join checkpoints
        on
            goals.period_grain = checkpoints.period_grain
            and goals.period_start = checkpoints.period_start
    inner join catalogue on goals.kpi_id = catalogue.kpi_id
),

-- The KPI's own values beside each plan: of its period, of the one before, where it began, and of
-- the days up to each checkpoint.
reached as (
    select
        plans.kpi_id,
        plans.period_grain,
        plans.period_start,
        plans.dimension,
        plans.dimension_key,
        max(kpi_values.value) filter (
            where
            kpi_values.period_grain <> 'day' and kpi_values.period_end = plans.period_start
        ) as start_value,
        {%- for number in [1, 2, 3, 4] %}
            {%- for part in ['numerator', 'denominator'] %}
                sum(kpi_values.{{ part }}) filter (
                    where
                    kpi_values.period_grain = 'day'
                    and kpi_values.period_start <= plans.checkpoint_{{ number }}_on
                ) as {{ part }}_{{ number }},
            {%- endfor %}
            max(kpi_values.value) filter (
                where
                kpi_values.period_grain = 'day'
                and kpi_values.period_start = plans.checkpoint_{{ number }}_on
            ) as stock_{{ number }},
        {%- endfor %}
        max(kpi_values.value) filter (
            where
            kpi_values.period_grain <> 'day' and kpi_values.period_start = plans.period_start
        ) as value
    from plans
    inner join kpi_values
        on
            plans.kpi_id = kpi_values.kpi_id
            and plans.dimension = kpi_values.dimension
            and plans.dimension_key = kpi_values.dimension_key
            and (
                (
                    kpi_values.period_grain = 'day'
                    and plans.period_start <= kpi_values.period_start
                    and plans.period_end > kpi_values.period_start
                )
                or (
                    plans.period_grain = kpi_values.period_grain
                    and plans.period_start in (kpi_values.period_start, kpi_values.period_end)
                )
            )
    group by
        plans.kpi_id,
        plans.period_grain,
        plans.period_start,
        plans.dimension,
        plans.dimension_key
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
        {%- for name in ['start_value', 'value'] %}
            cast(
                case
                    when plans.is_sum then coalesce(reached.{{ name }}, 0)
                    else reached.{{ name }}
                end as double
            ) as {{ name }},
        {%- endfor %}
        {%- for number in [1, 2, 3, 4] %}
            plans.checkpoint_{{ number }}_on,
            cast(
                plans.goal_value
                * case when plans.is_sum then plans.share_{{ number }}_done else 1 end as double
            ) as checkpoint_{{ number }}_expected,
            cast(
                case
                    -- Not there yet.
                    when plans.checkpoint_{{ number }}_on > {{ as_of_date() }} then null
                    when plans.is_sum then coalesce(reached.numerator_{{ number }}, 0)
                    when plans.is_stock then reached.stock_{{ number }}
                    else {{ safe_divide(
                        'reached.numerator_' ~ number, 'reached.denominator_' ~ number
                    ) }}
                end as double
            ) as checkpoint_{{ number }}_value,
        {%- endfor %}
        plans.better
    from plans
    left join reached
        on
            plans.kpi_id = reached.kpi_id
            and plans.period_grain = reached.period_grain
            and plans.period_start = reached.period_start
            and plans.dimension = reached.dimension
            and plans.dimension_key = reached.dimension_key
    left join owners
        on case when plans.dimension = 'owner' then plans.dimension_key end = owners.owner_key
    left join teams
        on case when plans.dimension = 'team' then plans.dimension_key end = teams.team_key
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
