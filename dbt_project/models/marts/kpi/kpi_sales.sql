with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

placed as (
    select
        days.period_grain,
        days.period_start,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        1 as closed,
        case when opportunities.is_won then 1 else 0 end as won,
        case when opportunities.is_won then opportunities.amount_base end as won_amount,
        case
            when opportunities.is_won and opportunities.amount > 0
                then opportunities.amount_base
        end as sized_amount
    from opportunities
    inner join days on opportunities.closed_on = days.date_day
    inner join dimensions on opportunities.opportunity_key = dimensions.opportunity_key
    -- Open deals are the pipeline's.
    where opportunities.is_closed
    union all
    -- Every period has its total, also an empty one.
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as closed,
        0 as won,
        cast(null as decimal(18, 2)) as won_amount,
        cast(null as decimal(18, 2)) as sized_amount
    from periods
),

measured as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(closed) as bigint) as closed_count,
        cast(sum(won) as bigint) as won_count,
        count(won_amount) as converted_count,
        coalesce(sum(won_amount), 0) as won_amount,
        count(sized_amount) as sized_count,
        coalesce(sum(sized_amount), 0) as sized_amount
    from placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
)

select
    'deals_won' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('won_count') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('won_count') }} as value,
    won_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'sales_amount' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('won_amount') }} as numerator,
    {{ kpi_number('null') }} as denominator,
    {{ kpi_number('won_amount') }} as value,
    converted_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'win_rate' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('won_count') }} as numerator,
    {{ kpi_number('closed_count') }} as denominator,
    {{ kpi_number(safe_divide('won_count', 'closed_count')) }} as value,
    closed_count as n,
    cast(null as boolean) as is_mature
from measured
union all
select
    'average_deal_size' as kpi_id,
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    {{ kpi_number('sized_amount') }} as numerator,
    {{ kpi_number('sized_count') }} as denominator,
    {{ kpi_number(safe_divide('sized_amount', 'sized_count')) }} as value,
    sized_count as n,
    cast(null as boolean) as is_mature
from measured
