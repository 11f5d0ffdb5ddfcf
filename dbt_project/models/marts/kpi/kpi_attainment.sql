-- Sales count only for the months (or whatever the target's period is) for which the owner has a
-- target; longer periods and teams add up both sides.
with periods as (
    select * from {{ ref('dim_period') }}
),

targets as (
    select * from {{ ref('fct_targets') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

-- One row per owner and target period, so that a second target does not count the sales twice.
quotas as (
    select
        owner_key,
        period_start,
        period_end,
        sum(target_amount_base) as target_amount
    from targets
    group by owner_key, period_start, period_end
),

sales as (
    select
        quotas.owner_key,
        quotas.period_start,
        quotas.period_end,
        sum(opportunities.amount_base) as sales_amount
    from quotas
    inner join opportunities
        on
            quotas.owner_key = opportunities.owner_key_at_close
            and quotas.period_start <= opportunities.closed_on
            and quotas.period_end > opportunities.closed_on
    where opportunities.is_won
    group by quotas.owner_key, quotas.period_start, quotas.period_end
),

attained as (
    select
        quotas.owner_key,
        owners.owner_name,
        owners.team_key,
        owners.team_name,
        quotas.period_start,
        quotas.period_end,
        quotas.target_amount,
        coalesce(sales.sales_amount, 0) as sales_amount
    from quotas
    left join sales
        on
            quotas.owner_key = sales.owner_key
            and quotas.period_start = sales.period_start
            and quotas.period_end = sales.period_end
    left join owners on quotas.owner_key = owners.owner_key
),

dimensioned as (
    select
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        period_start,
        period_end,
        target_amount,
        sales_amount
    from attained
    union all
    select
        'owner' as dimension,
        owner_key as dimension_key,
        coalesce(owner_name, 'unknown') as dimension_value,
        period_start,
        period_end,
        target_amount,
        sales_amount
    from attained
    union all
    select
        'team' as dimension,
        coalesce(team_key, 'unknown') as dimension_key,
        coalesce(team_name, 'unknown') as dimension_value,
        period_start,
        period_end,
        target_amount,
        sales_amount
    from attained
),

placed as (
    select
        periods.period_grain,
        periods.period_start,
        dimensioned.dimension,
        dimensioned.dimension_key,
        dimensioned.dimension_value,
        1 as quota,
        dimensioned.target_amount,
        dimensioned.sales_amount
    from dimensioned
    -- A target belongs to the periods that hold the whole of it.
    inner join periods
        on
            dimensioned.period_start >= periods.period_start
            and dimensioned.period_end <= periods.period_end
    where periods.period_grain in ('month', 'quarter', 'year')
    union all
    -- Every period has its total, also one without targets.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as quota,
        cast(0 as decimal(18, 2)) as target_amount,
        cast(0 as decimal(18, 2)) as sales_amount
    from periods
    where period_grain in ('month', 'quarter', 'year')
),

measured as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(quota) as bigint) as quota_count,
        coalesce(sum(target_amount), 0) as target_amount,
        sum(sales_amount) as sales_amount
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

select
    'attainment' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('sales_amount') }} as numerator,
    {{ kpi_number('target_amount') }} as denominator,
    {{ kpi_number(safe_divide('sales_amount', 'target_amount')) }} as value,
    quota_count as n,
    cast(null as boolean) as is_mature
from measured
