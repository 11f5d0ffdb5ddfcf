-- Open pipeline is measured at the end of a period; created pipeline is summed over its days.
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

levels as (
    select * from {{ ref('fct_open_pipeline_levels') }}
),

created as (
    select * from {{ ref('fct_pipeline_created') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

labels as (
    select
        dimension,
        dimension_key,
        max(dimension_value) as dimension_value
    from dimensions
    where dimension not in ('owner', 'team')
    group by dimension, dimension_key
    union all
    select
        'owner' as dimension,
        owner_key as dimension_key,
        owner_name as dimension_value
    from owners
    union all
    select
        'team' as dimension,
        team_key as dimension_key,
        max(team_name) as dimension_value
    from owners
    where team_key is not null
    group by team_key
),

-- A longer period has the value of the day on which it is measured.
moments as (
    select distinct measured_on from periods
),

measured as (
    select
        moments.measured_on,
        levels.dimension,
        levels.dimension_key,
        levels.deal_count,
        levels.converted_count,
        levels.weighed_count,
        levels.amount_base,
        levels.weighted_base
    from moments
    inner join levels
        on
            moments.measured_on >= levels.first_on
            and moments.measured_on < levels.gone_on
),

open_placed as (
    select
        periods.period_grain,
        periods.period_start,
        measured.dimension,
        measured.dimension_key,
        coalesce(labels.dimension_value, 'unknown') as dimension_value,
        measured.deal_count,
        measured.converted_count,
        measured.weighed_count,
        measured.amount_base,
        measured.weighted_base
    from periods
    inner join measured on periods.measured_on = measured.measured_on
    left join labels
        on
            measured.dimension = labels.dimension
            and measured.dimension_key = labels.dimension_key
    union all
    -- Every period has its total, also one with nothing open.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as deal_count,
        0 as converted_count,
        0 as weighed_count,
        0 as amount_base,
        0 as weighted_base
    from periods
    where measured_on not in (select measured_on from measured)
),

created_daily as (
    select
        created_on,
        'owner' as dimension,
        coalesce(first_owner_key, 'unknown') as dimension_key,
        count(*) as deal_count,
        count(first_amount_base) as converted_count,
        coalesce(sum(first_amount_base), 0) as amount_base
    from created
    group by created_on, first_owner_key
    union all
    select
        created_on,
        'team' as dimension,
        coalesce(first_team_key, 'unknown') as dimension_key,
        count(*) as deal_count,
        count(first_amount_base) as converted_count,
        coalesce(sum(first_amount_base), 0) as amount_base
    from created
    group by created_on, first_team_key
    union all
    select
        created.created_on,
        dimensions.dimension,
        dimensions.dimension_key,
        count(*) as deal_count,
        count(created.first_amount_base) as converted_count,
        coalesce(sum(created.first_amount_base), 0) as amount_base
    from created
    inner join dimensions on created.opportunity_key = dimensions.opportunity_key
    where dimensions.dimension not in ('owner', 'team')
    group by created.created_on, dimensions.dimension, dimensions.dimension_key
),

created_placed as (
    select
        days.period_grain,
        days.period_start,
        created_daily.dimension,
        created_daily.dimension_key,
        coalesce(max(labels.dimension_value), 'unknown') as dimension_value,
        cast(sum(created_daily.deal_count) as bigint) as deal_count,
        cast(sum(created_daily.converted_count) as bigint) as converted_count,
        sum(created_daily.amount_base) as amount_base
    from created_daily
    inner join days on created_daily.created_on = days.date_day
    left join labels
        on
            created_daily.dimension = labels.dimension
            and created_daily.dimension_key = labels.dimension_key
    group by
        days.period_grain, days.period_start, created_daily.dimension, created_daily.dimension_key
),

created_measured as (
    select * from created_placed
    union all
    select
        periods.period_grain,
        periods.period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as deal_count,
        0 as converted_count,
        0 as amount_base
    from periods
    left join created_placed
        on
            periods.period_grain = created_placed.period_grain
            and periods.period_start = created_placed.period_start
            and created_placed.dimension = 'total'
    where created_placed.period_start is null
)

{{ kpi_rows('open_pipeline_count', 'open_placed', 'deal_count', 'deal_count') }}
union all
{{ kpi_rows('open_pipeline', 'open_placed', 'converted_count', 'amount_base') }}
union all
{{ kpi_rows('weighted_pipeline', 'open_placed', 'weighed_count', 'weighted_base') }}
union all
{{ kpi_rows('pipeline_created_count', 'created_measured', 'deal_count', 'deal_count') }}
union all
{{ kpi_rows('pipeline_created', 'created_measured', 'converted_count', 'amount_base') }}
