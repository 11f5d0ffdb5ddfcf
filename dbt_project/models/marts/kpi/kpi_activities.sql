with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

reps_at_work as (
    select * from {{ ref('fct_rep_engagement') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

activity_days as (
    select * from {{ ref('fct_activity_days') }}
),

follow_ups as (
    select * from {{ ref('fct_follow_ups') }}
),

tasks as (
    select * from {{ ref('fct_tasks') }}
),

-- Every period has its total, also an empty one.
empty_totals as (
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
),

counted_days as (
    {{ by_dimension(
        'activity_days',
        ['date_day', 'activity_count', 'follow_up_count'],
        {
            'owner': ['owner_key', 'owner_name'],
            'team': ['team_key', 'team_name'],
            'activity_type': 'activity_type',
        }
    ) }}
),

counts as (
    {{ period_sums('counted_days', ['activity_count', 'follow_up_count']) }}
),

working_dimensioned as (
    {{ by_dimension(
        'reps_at_work',
        ['period_grain', 'period_start', 'activity_count', 'elapsed_working_day_count'],
        {'owner': ['owner_key', 'owner_name'], 'team': ['team_key', 'team_name']}
    ) }}
    union all
    select
        period_grain,
        period_start,
        0 as activity_count,
        0 as elapsed_working_day_count,
        dimension,
        dimension_key,
        dimension_value
    from empty_totals
    where period_grain <> 'day'
),

rates as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(activity_count) as bigint) as activity_count,
        cast(sum(elapsed_working_day_count) as bigint) as working_day_count
    from working_dimensioned
    group by period_grain, period_start, dimension, dimension_key, dimension_value
),

accounts as (
    select
        account_key,
        row_number() over (order by account_key asc) as account_number
    from follow_ups
    where account_key is not null
    group by account_key
),

-- Once per day, account, rep and type. Who was not yet reached in a period counts in it. A number
-- stands for the account: four sorts by it are half as dear as by the key.
reached as (
    select distinct
        follow_ups.completed_on,
        accounts.account_number,
        follow_ups.owner_key,
        follow_ups.team_key,
        follow_ups.activity_type
    from follow_ups
    inner join accounts on follow_ups.account_key = accounts.account_key
),

reached_before as (
    select
        completed_on,
        owner_key,
        activity_type,
        lag(completed_on) over (partition by account_number order by completed_on asc)
            as before_total,
        lag(completed_on) over (partition by account_number, owner_key order by completed_on asc)
            as before_owner,
        lag(completed_on) over (partition by account_number, team_key order by completed_on asc)
            as before_team,
        lag(completed_on) over (
            partition by account_number, activity_type order by completed_on asc
        ) as before_type
    from reached
),

first_reached as (
    select
        days.period_grain,
        days.period_start,
        reached_before.owner_key,
        reached_before.activity_type,
        count_if(coalesce(reached_before.before_total < days.period_start, true)) as new_of_total,
        count_if(coalesce(reached_before.before_owner < days.period_start, true)) as new_of_owner,
        count_if(coalesce(reached_before.before_team < days.period_start, true)) as new_of_team,
        count_if(coalesce(reached_before.before_type < days.period_start, true)) as new_of_type
    from reached_before
    inner join days on reached_before.completed_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        reached_before.owner_key,
        reached_before.activity_type
),

reached_by as (
    select
        first_reached.*,
        owners.owner_name,
        owners.team_key,
        owners.team_name
    from first_reached
    left join owners on first_reached.owner_key = owners.owner_key
),

reached_dimensioned as (
    {{ by_dimension(
        'reached_by',
        [
            'period_grain', 'period_start', 'new_of_total', 'new_of_owner', 'new_of_team',
            'new_of_type',
        ],
        {
            'owner': ['owner_key', 'owner_name'],
            'team': ['team_key', 'team_name'],
            'activity_type': 'activity_type',
        }
    ) }}
    union all
    select
        period_grain,
        period_start,
        0 as new_of_total,
        0 as new_of_owner,
        0 as new_of_team,
        0 as new_of_type,
        dimension,
        dimension_key,
        dimension_value
    from empty_totals
),

customers as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(
            case dimension
                when 'total' then new_of_total
                when 'owner' then new_of_owner
                when 'team' then new_of_team
                else new_of_type
            end
        ) as bigint) as customer_count
    from reached_dimensioned
    group by period_grain, period_start, dimension, dimension_key, dimension_value
),

due_tasks as (
    select
        due_on as date_day,
        owner_key,
        owner_name,
        team_key,
        team_name,
        count(*) as due_count,
        sum(case when is_on_time then 1 else 0 end) as on_time_count
    from tasks
    where is_due
    group by due_on, owner_key, owner_name, team_key, team_name
),

due_dimensioned as (
    {{ by_dimension(
        'due_tasks',
        ['date_day', 'due_count', 'on_time_count'],
        {'owner': ['owner_key', 'owner_name'], 'team': ['team_key', 'team_name']}
    ) }}
),

punctuality as (
    {{ period_sums('due_dimensioned', ['due_count', 'on_time_count']) }}
),

timed_tasks as (
    select
        done_on,
        owner_key,
        owner_name,
        team_key,
        team_name,
        milliseconds_to_completion as milliseconds
    from tasks
    where milliseconds_to_completion is not null
),

timed_dimensioned as (
    {{ by_dimension(
        'timed_tasks',
        ['done_on', 'milliseconds'],
        {'owner': ['owner_key', 'owner_name'], 'team': ['team_key', 'team_name']}
    ) }}
),

timed_placed as (
    select
        days.period_grain,
        days.period_start,
        timed_dimensioned.dimension,
        timed_dimensioned.dimension_key,
        timed_dimensioned.dimension_value,
        timed_dimensioned.milliseconds
    from timed_dimensioned
    inner join days on timed_dimensioned.done_on = days.date_day
    union all
    select
        *,
        cast(null as bigint) as milliseconds
    from empty_totals
),

durations as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        count(milliseconds) as task_count,
        cast(coalesce(sum(milliseconds), 0) as double) / 3600000 as task_hours,
        {{ duration_percentiles('milliseconds / 3600000.0', 'hours') }}
    from timed_placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

{{ kpi_rows('activities_completed', 'counts', 'activity_count', 'activity_count') }}
union all
{{ kpi_rows(
    'activities_per_working_day', 'rates', 'activity_count', 'activity_count', 'working_day_count'
) }}
union all
{{ kpi_rows(
    'follow_ups', 'counts', 'follow_up_count', 'follow_up_count',
    where="follow_up_count > 0 or dimension = 'total'"
) }}
union all
{{ kpi_rows('customers_followed_up', 'customers', 'customer_count', 'customer_count') }}
union all
{{ kpi_rows('task_on_time_rate', 'punctuality', 'due_count', 'on_time_count', 'due_count') }}
union all
{{ kpi_duration_rows('task_completion_hours', 'durations', 'task_hours', 'task_count', 'hours') }}
