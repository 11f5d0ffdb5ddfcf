-- What each period asks for. On each day a scope's own target counts first; a team without one has
-- the sum of its owners' (as teams are today), the whole without one has the sum of its teams'.
-- Only what adds up is summed; a target of a rate stays with whom it was set for. Nothing is rolled
-- down to smaller scopes: a team's target is not dealt out among its reps.
with target_days as (
    select * from {{ ref('fct_target_days') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

teams as (
    select * from {{ ref('dim_team') }}
),

working_periods as (
    select * from {{ ref('dim_working_period') }}
    where country_code = {{ business_country() }}
),

teams_of_owners as (
    select
        target_days.kpi_id,
        target_days.date_day,
        coalesce(owners.team_key, 'unknown') as scope_key,
        sum(target_days.day_share) as day_share,
        max(target_days.weight) as weight,
        cast(sum(target_days.target_count) as bigint) as target_count
    from target_days
    left join owners on target_days.scope_key = owners.owner_key
    where target_days.scope = 'owner' and target_days.is_additive
    group by target_days.kpi_id, target_days.date_day, coalesce(owners.team_key, 'unknown')
),

team_days as (
    select
        kpi_id,
        date_day,
        scope_key,
        is_additive,
        day_share,
        weight,
        target_count,
        'own' as goal_rule
    from target_days
    where scope = 'team'
    union all
    select
        summed.kpi_id,
        summed.date_day,
        summed.scope_key,
        true as is_additive,
        summed.day_share,
        summed.weight,
        summed.target_count,
        'sum' as goal_rule
    from teams_of_owners as summed
    left join target_days as own
        on
            summed.kpi_id = own.kpi_id
            and summed.date_day = own.date_day
            and summed.scope_key = own.scope_key
            and own.scope = 'team'
    where own.kpi_id is null
),

totals_of_teams as (
    select
        kpi_id,
        date_day,
        sum(day_share) as day_share,
        max(weight) as weight,
        cast(sum(target_count) as bigint) as target_count
    from team_days
    where is_additive
    group by kpi_id, date_day
),

goal_days as (
    select
        kpi_id,
        date_day,
        scope as dimension,
        scope_key as dimension_key,
        is_additive,
        day_share,
        weight,
        target_count,
        'own' as goal_rule
    from target_days
    where scope <> 'team'
    union all
    select
        kpi_id,
        date_day,
        'team' as dimension,
        scope_key as dimension_key,
        is_additive,
        day_share,
        weight,
        target_count,
        goal_rule
    from team_days
    union all
    select
        summed.kpi_id,
        summed.date_day,
        'total' as dimension,
        'total' as dimension_key,
        true as is_additive,
        summed.day_share,
        summed.weight,
        summed.target_count,
        'sum' as goal_rule
    from totals_of_teams as summed
    left join target_days as own
        on
            summed.kpi_id = own.kpi_id
            and summed.date_day = own.date_day
            and own.scope = 'total'
    where own.kpi_id is null
),

goals as (
    select
        goal_days.kpi_id,
        days.period_grain,
        days.period_start,
        goal_days.dimension,
        goal_days.dimension_key,
        goal_days.is_additive,
        case
            when goal_days.is_additive then sum(goal_days.day_share)
            else sum(goal_days.day_share) / nullif(sum(goal_days.weight), 0)
        end as goal_value,
        count(*) as covered_day_count,
        case
            when min(goal_days.goal_rule) = max(goal_days.goal_rule)
                then min(goal_days.goal_rule)
            else 'mixed'
        end as goal_rule,
        max(goal_days.target_count) as target_count
    from goal_days
    inner join days on goal_days.date_day = days.date_day
    group by
        goal_days.kpi_id,
        days.period_grain,
        days.period_start,
        goal_days.dimension,
        goal_days.dimension_key,
        goal_days.is_additive
),

whole as (
    select
        period_grain,
        period_start,
        count(*) as day_count
    from days
    group by period_grain, period_start
)

select
    goals.kpi_id,
    goals.period_grain,
    goals.period_start,
    goals.dimension,
    goals.dimension_key,
    coalesce(owners.owner_name, teams.team_name, goals.dimension_key) as dimension_value,
    goals.goal_rule,
    cast(goals.goal_value as decimal(18, 4)) as goal_value,
    -- What the working days gone by ask for; a rate is asked for from the first day on.
    cast(
        case
            when goals.is_additive and working_periods.working_day_count > 0
                then
                    goals.goal_value
                    * working_periods.elapsed_working_day_count
                    / working_periods.working_day_count
            else goals.goal_value
        end as decimal(18, 4)
    ) as goal_to_date,
    goals.target_count,
    goals.covered_day_count = whole.day_count as is_whole
from goals
inner join working_periods
    on
        goals.period_grain = working_periods.period_grain
        and goals.period_start = working_periods.period_start
inner join whole
    on
        goals.period_grain = whole.period_grain
        and goals.period_start = whole.period_start
left join owners
    on case when goals.dimension = 'owner' then goals.dimension_key end = owners.owner_key
left join teams
    on case when goals.dimension = 'team' then goals.dimension_key end = teams.team_key
