with days as (
    select * from {{ ref('bridge_day_period') }}
    -- Whether somebody is at it on most days is no question of one day.
    where period_grain <> 'day'
),

working_days as (
    select * from {{ ref('dim_working_day') }}
),

working_periods as (
    select * from {{ ref('dim_working_period') }}
),

activity_days as (
    select * from {{ ref('fct_activity_days') }}
    -- Nobody's activities have nobody's working days.
    where owner_key is not null
),

rep_days as (
    select
        owner_key,
        owner_name,
        team_key,
        team_name,
        country_code,
        date_day,
        sum(activity_count) as activity_count
    from activity_days
    group by owner_key, owner_name, team_key, team_name, country_code, date_day
),

judged_days as (
    select
        rep_days.owner_key,
        rep_days.owner_name,
        rep_days.team_key,
        rep_days.team_name,
        rep_days.country_code,
        rep_days.date_day,
        rep_days.activity_count,
        case
            when
                working_days.is_working_day
                and rep_days.activity_count >= {{ var('participation_norm') }}
                then 1
            else 0
        end as engaged_day
    from rep_days
    inner join working_days
        on
            rep_days.country_code = working_days.country_code
            and rep_days.date_day = working_days.date_day
),

active_reps as (
    select
        days.period_grain,
        days.period_start,
        judged_days.owner_key,
        judged_days.owner_name,
        judged_days.team_key,
        judged_days.team_name,
        judged_days.country_code,
        cast(sum(judged_days.activity_count) as bigint) as activity_count,
        cast(sum(judged_days.engaged_day) as bigint) as engaged_day_count
    from judged_days
    inner join days on judged_days.date_day = days.date_day
    group by
        days.period_grain,
        days.period_start,
        judged_days.owner_key,
        judged_days.owner_name,
        judged_days.team_key,
        judged_days.team_name,
        judged_days.country_code
)

select
    active_reps.period_grain,
    active_reps.period_start,
    active_reps.owner_key,
    active_reps.owner_name,
    active_reps.team_key,
    active_reps.team_name,
    active_reps.country_code,
    active_reps.activity_count,
    working_periods.elapsed_working_day_count,
    active_reps.engaged_day_count,
    -- Four days of five, in whole numbers. Before the first working day it is not known.
    case
        when working_periods.elapsed_working_day_count > 0
            then
                5 * active_reps.engaged_day_count
                >= 4 * working_periods.elapsed_working_day_count
    end as is_engaged
from active_reps
inner join working_periods
    on
        active_reps.country_code = working_periods.country_code
        and active_reps.period_grain = working_periods.period_grain
        and active_reps.period_start = working_periods.period_start
