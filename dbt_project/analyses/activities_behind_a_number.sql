-- From a KPI of the family `activities` to the activities behind it and to those left out. The
-- rows of a percentile are its hours. Of customers_followed_up the first follow-up of each
-- account counts.
with asked as (
    {{ asked_number() }}
),

activities as (
    select * from {{ ref('fct_activities') }}
    where is_completed and activity_type in ('call', 'email', 'meeting', 'note', 'task')
),

{% set keys = {
    'owner': 'records.owner_key',
    'team': 'records.team_key',
    'activity_type': 'records.activity_type',
} %}

deeds as (
    select
        'activities_completed' as kpi_id,
        activity_key,
        activity_type,
        owner_key,
        team_key,
        account_key,
        completed_on
    from activities
    union all
    select
        'activities_per_working_day' as kpi_id,
        activity_key,
        activity_type,
        owner_key,
        team_key,
        account_key,
        completed_on
    from activities
    where owner_key is not null
    union all
    select
        kpis.kpi_id,
        follow_ups.activity_key,
        follow_ups.activity_type,
        follow_ups.owner_key,
        follow_ups.team_key,
        follow_ups.account_key,
        follow_ups.completed_on
    from {{ ref('fct_follow_ups') }} as follow_ups
    inner join {{ ref('dim_kpi') }} as kpis
        on
            kpis.kpi_id = 'follow_ups'
            or (kpis.kpi_id = 'customers_followed_up' and follow_ups.account_key is not null)
),

deed_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'activity' as record_kind,
        records.activity_key as record_key,
        records.completed_on as happened_on,
        case
            when
                asked.kpi_id = 'customers_followed_up'
                and row_number() over (
                    partition by asked.dimension_key, records.account_key
                    order by records.completed_on asc, records.activity_key asc
                ) > 1
                then 0
            else 1
        end as numerator,
        cast(null as integer) as denominator,
        cast(null as string) as reason
    from asked
    inner join deeds as records
        on
            asked.kpi_id = records.kpi_id
            and asked.period_start <= records.completed_on
            and asked.period_end > records.completed_on
    where {{ asked_key(keys) }} = asked.dimension_key
),

tasks as (
    select
        *,
        'task' as activity_type
    from {{ ref('fct_tasks') }}
),

task_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'activity' as record_kind,
        records.activity_key as record_key,
        case when asked.kpi_id = 'task_on_time_rate' then records.due_on else records.done_on end
            as happened_on,
        case
            when asked.kpi_id <> 'task_on_time_rate'
                then cast(records.milliseconds_to_completion as double) / 3600000
            when records.is_on_time then 1
            else 0
        end as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join tasks as records
        on
            (
                asked.kpi_id = 'task_on_time_rate'
                and records.is_due
                and asked.period_start <= records.due_on
                and asked.period_end > records.due_on
            )
            or (
                asked.kpi_id like 'task_completion_hours%'
                and records.milliseconds_to_completion is not null
                and asked.period_start <= records.done_on
                and asked.period_end > records.done_on
            )
    where {{ asked_key(keys) }} = asked.dimension_key
),

-- The working days of the reps who did anything.
rep_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'owner' as record_kind,
        records.owner_key as record_key,
        records.period_start as happened_on,
        cast(null as integer) as numerator,
        records.elapsed_working_day_count as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_rep_engagement') }} as records
        on
            asked.period_grain = records.period_grain
            and asked.period_start = records.period_start
    where
        asked.kpi_id = 'activities_per_working_day'
        and {{ asked_key({'owner': 'records.owner_key', 'team': 'records.team_key'}) }}
        = asked.dimension_key
),

left_out as (
    {{ left_out_rows(
        'activities', 'activity', 'int_crm__activities', 'activity_key',
        to_business_date('records.completed_at'),
        "(excluded.reason <> 'negative_duration' or asked.kpi_id like 'task_completion_hours%')"
    ) }}
)

{{ rows_behind(['deed_rows', 'task_rows', 'rep_rows', 'left_out']) }}
