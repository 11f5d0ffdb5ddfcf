-- Owners' sales, activities and open pipeline add up to their team's.
with owners as (
    select * from {{ ref('fct_owner_performance') }}
),

teams as (
    select * from {{ ref('fct_team_performance') }}
),

by_team as (
    select
        coalesce(team_key, 'unknown') as team_key,
        period_grain,
        period_start,
        sum(won_count) as won_count,
        sum(lost_count) as lost_count,
        sum(sales_amount) as sales_amount,
        sum(activities_completed) as activities_completed,
        sum(open_pipeline_amount) as open_pipeline_amount,
        coalesce(sum(target_amount), 0) as target_amount
    from owners
    group by 1, 2, 3
)

select
    teams.team_key,
    teams.period_grain,
    teams.period_start
from teams
full outer join by_team
    on
        teams.team_key = by_team.team_key
        and teams.period_grain = by_team.period_grain
        and teams.period_start = by_team.period_start
where
    teams.won_count is distinct from by_team.won_count
    or teams.lost_count is distinct from by_team.lost_count
    or teams.sales_amount is distinct from by_team.sales_amount
    or teams.activities_completed is distinct from by_team.activities_completed
    or teams.open_pipeline_amount is distinct from by_team.open_pipeline_amount
    or coalesce(teams.target_amount, 0) is distinct from by_team.target_amount
