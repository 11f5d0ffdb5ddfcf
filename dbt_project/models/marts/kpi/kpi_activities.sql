with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

activities as (
    select * from {{ ref('fct_activities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

done as (
    select
        activities.completed_on,
        activities.activity_type,
        activities.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name
    from activities
    left join owners on activities.owner_key = owners.owner_key
    -- Planned ones and no-shows are not done; an e-mail that came in is the customer's doing.
    where
        activities.is_completed
        and activities.activity_type in ('call', 'email', 'meeting', 'note', 'task')
),

dimensioned as (
    select
        completed_on,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from done
    union all
    select
        completed_on,
        'owner' as dimension,
        coalesce(owner_key, 'unknown') as dimension_key,
        coalesce(owner_name, 'unknown') as dimension_value
    from done
    union all
    select
        completed_on,
        'team' as dimension,
        coalesce(team_key, 'unknown') as dimension_key,
        coalesce(team_name, 'unknown') as dimension_value
    from done
    union all
    select
        completed_on,
        'activity_type' as dimension,
        activity_type as dimension_key,
        activity_type as dimension_value
    from done
),

placed as (
    select
        days.period_grain,
        days.period_start,
        dimensioned.dimension,
        dimensioned.dimension_key,
        dimensioned.dimension_value,
        1 as completed
    from dimensioned
    inner join days on dimensioned.completed_on = days.date_day
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as completed
    from periods
),

measured as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(completed) as bigint) as completed_count
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

select
    'activities_completed' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('completed_count') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('completed_count') }} as value,
    completed_count as n,
    cast(null as boolean) as is_mature
from measured
