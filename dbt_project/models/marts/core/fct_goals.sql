-- What each period asks for. Rules: a scope's own target counts first; a team without one has the
-- sum of its owners' (as teams are today), the whole without one has the sum of its teams'. Only
-- what adds up is summed; a target of a rate stays with whom it was set for. Nothing is rolled down
-- to smaller scopes: a team's target is not dealt out among its reps.
with target_days as (
    select * from {{ ref('fct_target_days') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

working_periods as (
    select * from {{ ref('dim_working_period') }}
    where country_code = {{ business_country() }}
),

own as (
    select
        target_days.kpi_id,
        days.period_grain,
        days.period_start,
        target_days.scope as dimension,
        target_days.scope_key as dimension_key,
        target_days.is_additive,
        case
            when target_days.is_additive then sum(target_days.share)
            else sum(target_days.share) / nullif(sum(target_days.weight), 0)
        end as goal_value,
        cast(sum(target_days.weight) as bigint) as covered_working_day_count,
        count(distinct concat_ws(
            '|', target_days.target_grain, cast(target_days.target_start as string)
        )) as target_count
    from target_days
    inner join days on target_days.date_day = days.date_day
    group by
        target_days.kpi_id,
        days.period_grain,
        days.period_start,
        target_days.scope,
        target_days.scope_key,
        target_days.is_additive
),

own_teams as (
    select * from own
    where dimension = 'team'
),

teams_of_owners as (
    select
        own.kpi_id,
        own.period_grain,
        own.period_start,
        coalesce(owners.team_key, 'unknown') as dimension_key,
        sum(own.goal_value) as goal_value,
        max(own.covered_working_day_count) as covered_working_day_count,
        cast(sum(own.target_count) as bigint) as target_count
    from own
    left join owners on own.dimension_key = owners.owner_key
    where own.dimension = 'owner' and own.is_additive
    group by own.kpi_id, own.period_grain, own.period_start, coalesce(owners.team_key, 'unknown')
),

rolled_teams as (
    select teams_of_owners.*
    from teams_of_owners
    left join own_teams
        on
            teams_of_owners.kpi_id = own_teams.kpi_id
            and teams_of_owners.period_grain = own_teams.period_grain
            and teams_of_owners.period_start = own_teams.period_start
            and teams_of_owners.dimension_key = own_teams.dimension_key
    where own_teams.kpi_id is null
),

parts_of_total as (
    select
        kpi_id,
        period_grain,
        period_start,
        goal_value,
        covered_working_day_count,
        target_count
    from own_teams
    where is_additive
    union all
    select
        kpi_id,
        period_grain,
        period_start,
        goal_value,
        covered_working_day_count,
        target_count
    from rolled_teams
),

rolled_totals as (
    select
        parts.kpi_id,
        parts.period_grain,
        parts.period_start,
        sum(parts.goal_value) as goal_value,
        max(parts.covered_working_day_count) as covered_working_day_count,
        cast(sum(parts.target_count) as bigint) as target_count
    from parts_of_total as parts
    left join own
        on
            parts.kpi_id = own.kpi_id
            and parts.period_grain = own.period_grain
            and parts.period_start = own.period_start
            and own.dimension = 'total'
    where own.kpi_id is null
    group by parts.kpi_id, parts.period_grain, parts.period_start
),

goals as (
    select
        kpi_id,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        is_additive,
        goal_value,
        covered_working_day_count,
        target_count,
        'own' as goal_rule
    from own
    union all
    select
        kpi_id,
        period_grain,
        period_start,
        'team' as dimension,
        dimension_key,
        true as is_additive,
        goal_value,
        covered_working_day_count,
        target_count,
        'sum_of_owners' as goal_rule
    from rolled_teams
    union all
    select
        kpi_id,
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        true as is_additive,
        goal_value,
        covered_working_day_count,
        target_count,
        'sum_of_teams' as goal_rule
    from rolled_totals
)

select
    goals.kpi_id,
    goals.period_grain,
    goals.period_start,
    goals.dimension,
    goals.dimension_key,
    goals.goal_rule,
    cast(goals.goal_value as decimal(18, 4)) as goal_value,
    -- What the working days gone by ask for; a rate is asked for from the first day on.
    cast(
        case
            when not goals.is_additive then goals.goal_value
            when working_periods.working_day_count > 0
                then
                    goals.goal_value
                    * working_periods.elapsed_working_day_count
                    / working_periods.working_day_count
        end as decimal(18, 4)
    ) as goal_to_date,
    goals.target_count,
    goals.covered_working_day_count >= working_periods.working_day_count as is_whole
from goals
inner join working_periods
    on
        goals.period_grain = working_periods.period_grain
        and goals.period_start = working_periods.period_start
