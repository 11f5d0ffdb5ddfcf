-- From a KPI of the family `activities` to the activities behind it and to those left out:
--   dbt compile --select activities_behind_a_number --vars '{as_of: ...,
--     number_kpi: follow_ups, number_grain: month, number_start: 2026-10-01,
--     number_dimension: owner}'
-- The numerators add up to the KPI's numerator and the denominators to its denominator; percentiles
-- have neither, their durations are in hours. Of customers_followed_up the first follow-up of each
-- account counts. Activities left out have a reason and stand beside the total.
with asked as (
    {{ asked_numbers('activities') }}
),

activities as (
    select * from {{ ref('fct_activities') }}
),

follow_ups as (
    select * from {{ ref('fct_follow_ups') }}
),

tasks as (
    select * from {{ ref('fct_tasks') }}
),

reps_at_work as (
    select * from {{ ref('fct_rep_engagement') }}
),

left_out as (
    select * from {{ ref('excluded_records') }}
    where entity = 'activity' and concat(',', kpi_families, ',') like '%,activities,%'
),

all_activities as (
    select * from {{ ref('int_crm__activities') }}
),

-- What each activity can be part of; a working day has no record but its rep.
records as (
    select
        'activities_completed' as kpi_id,
        activity_key as record_key,
        activity_type,
        owner_key,
        team_key,
        account_key,
        completed_on as date_day,
        cast(null as double) as hours,
        1 as numerator,
        cast(null as integer) as denominator
    from activities
    where is_completed and activity_type in ('call', 'email', 'meeting', 'note', 'task')
    union all
    select
        'activities_per_working_day' as kpi_id,
        activity_key as record_key,
        activity_type,
        owner_key,
        team_key,
        account_key,
        completed_on as date_day,
        cast(null as double) as hours,
        1 as numerator,
        cast(null as integer) as denominator
    from activities
    where
        is_completed
        and activity_type in ('call', 'email', 'meeting', 'note', 'task')
        and owner_key is not null
    union all
    select
        'follow_ups' as kpi_id,
        activity_key as record_key,
        activity_type,
        owner_key,
        team_key,
        account_key,
        completed_on as date_day,
        cast(null as double) as hours,
        1 as numerator,
        cast(null as integer) as denominator
    from follow_ups
    union all
    select
        'customers_followed_up' as kpi_id,
        activity_key as record_key,
        activity_type,
        owner_key,
        team_key,
        account_key,
        completed_on as date_day,
        cast(null as double) as hours,
        1 as numerator,
        cast(null as integer) as denominator
    from follow_ups
    where account_key is not null
    union all
    select
        'task_on_time_rate' as kpi_id,
        activity_key as record_key,
        'task' as activity_type,
        owner_key,
        team_key,
        cast(null as string) as account_key,
        due_on as date_day,
        cast(null as double) as hours,
        case when is_on_time then 1 else 0 end as numerator,
        1 as denominator
    from tasks
    where is_due
    union all
    select
        'task_completion_hours' as kpi_id,
        activity_key as record_key,
        'task' as activity_type,
        owner_key,
        team_key,
        cast(null as string) as account_key,
        done_on as date_day,
        cast(milliseconds_to_completion as double) / 3600000 as hours,
        cast(null as integer) as numerator,
        1 as denominator
    from tasks
    where milliseconds_to_completion is not null
),

behind as (
    select
        asked.kpi_id,
        asked.period_grain,
        asked.period_start,
        asked.dimension,
        asked.dimension_key,
        asked.dimension_value,
        records.record_key,
        records.activity_type,
        records.owner_key,
        records.account_key,
        records.date_day,
        records.hours,
        records.numerator,
        records.denominator,
        row_number() over (
            partition by asked.kpi_id, asked.dimension_key, records.account_key
            order by records.date_day asc, records.record_key asc
        ) as place_of_account
    from asked
    inner join records
        on
            -- The percentiles have the records of the mean.
            (
                asked.kpi_id = records.kpi_id
                or asked.kpi_id in (
                    concat(records.kpi_id, '_median'),
                    concat(records.kpi_id, '_p75'),
                    concat(records.kpi_id, '_p90')
                )
            )
            and asked.period_start <= records.date_day
            and asked.period_end > records.date_day
            and asked.dimension_key = case asked.dimension
                when 'owner' then coalesce(records.owner_key, 'unknown')
                when 'team' then coalesce(records.team_key, 'unknown')
                when 'activity_type' then records.activity_type
                else 'total'
            end
)

select
    kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    record_key,
    activity_type,
    owner_key,
    account_key,
    date_day,
    hours,
    cast(
        case
            when kpi_id = 'task_completion_hours' then hours
            when kpi_id = 'customers_followed_up' and place_of_account > 1 then 0
            else numerator
        end as decimal(38, 10)
    ) as numerator,
    cast(
        case
            when kpi_id in ('task_on_time_rate', 'task_completion_hours') then denominator
        end as decimal(38, 10)
    ) as denominator,
    cast(null as string) as left_out_because
from behind
union all
-- The working days of the reps who did anything.
select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    cast(null as string) as record_key,
    cast(null as string) as activity_type,
    reps_at_work.owner_key,
    cast(null as string) as account_key,
    cast(null as date) as date_day,
    cast(null as double) as hours,
    cast(null as decimal(38, 10)) as numerator,
    cast(reps_at_work.elapsed_working_day_count as decimal(38, 10)) as denominator,
    cast(null as string) as left_out_because
from asked
inner join reps_at_work
    on
        asked.kpi_id = 'activities_per_working_day'
        and asked.period_grain = reps_at_work.period_grain
        and asked.period_start = reps_at_work.period_start
        and asked.dimension_key = case asked.dimension
            when 'owner' then reps_at_work.owner_key
            when 'team' then coalesce(reps_at_work.team_key, 'unknown')
            else 'total'
        end
union all
select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    all_activities.activity_key as record_key,
    all_activities.activity_type,
    all_activities.owner_key,
    all_activities.account_key,
    {{ to_business_date('all_activities.completed_at') }} as date_day,
    cast(null as double) as hours,
    cast(null as decimal(38, 10)) as numerator,
    cast(null as decimal(38, 10)) as denominator,
    left_out.reason as left_out_because
from asked
inner join all_activities
    on
        asked.period_start <= {{ to_business_date('all_activities.completed_at') }}
        and asked.period_end > {{ to_business_date('all_activities.completed_at') }}
inner join left_out on all_activities.activity_key = left_out.record_key
where
    asked.dimension = 'total'
    and (left_out.reason <> 'negative_duration' or asked.kpi_id like 'task_completion_hours%')
order by kpi_id, dimension_key, left_out_because, date_day, record_key
