-- Deals are summed per day first: a day's sums serve every period that holds the day.
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

closed as (
    select
        opportunity_key,
        closed_on,
        is_won,
        is_first_purchase,
        coupon_code is not null as has_coupon,
        amount_base,
        amount > 0 as has_amount,
        case when amount_base > 0 then amount_base end as sized_amount,
        is_repeat_purchase and coalesce(deal_type, 'unknown') <> 'renewal' as is_expansion
    from opportunities
    -- Open deals are the pipeline's.
    where is_closed
),

daily as (
    select
        closed.closed_on,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        count(*) as closed_count,
        count_if(closed.is_won) as won_count,
        count_if(closed.is_won and closed.has_coupon) as coupon_count,
        count_if(closed.is_won and not coalesce(closed.has_amount, false)) as no_amount_count,
        count_if(closed.is_won and closed.is_first_purchase) as customer_count,
        count(*) filter (where closed.is_won and closed.amount_base is not null)
            as won_converted_count,
        sum(closed.amount_base) filter (where closed.is_won) as won_amount,
        count(*) filter (where not closed.is_won and closed.amount_base is not null)
            as lost_converted_count,
        sum(closed.amount_base) filter (where not closed.is_won) as lost_amount,
        count(closed.sized_amount) as sized_count,
        sum(closed.sized_amount) as sized_amount,
        count(closed.sized_amount) filter (where closed.is_won) as won_sized_count,
        sum(closed.sized_amount) filter (where closed.is_won) as won_sized_amount,
        sum(closed.sized_amount) filter (where closed.is_won and closed.is_expansion)
            as expansion_amount,
        count(closed.amount_base) filter (where closed.is_won and closed.has_amount)
            as ticket_count,
        sum(closed.amount_base) filter (where closed.is_won and closed.has_amount)
            as ticket_amount
    from closed
    inner join dimensions on closed.opportunity_key = dimensions.opportunity_key
    group by
        closed.closed_on, dimensions.dimension, dimensions.dimension_key, dimensions.dimension_value
),

-- A median does not add up: it is taken over the deals of each period.
tickets as (
    select
        opportunity_key,
        closed_on,
        amount_base
    from closed
    where is_won and has_amount and amount_base is not null
),

medians as (
    select
        days.period_grain,
        days.period_start,
        dimensions.dimension,
        dimensions.dimension_key,
        {{ percentile(0.5, 'tickets.amount_base') }} as ticket_median
    from tickets
    inner join days on tickets.closed_on = days.date_day
    inner join dimensions on tickets.opportunity_key = dimensions.opportunity_key
    group by
        days.period_grain, days.period_start, dimensions.dimension, dimensions.dimension_key
),

placed as (
    select
        days.period_grain,
        days.period_start,
        daily.dimension,
        daily.dimension_key,
        daily.dimension_value,
        sum(daily.closed_count) as closed_count,
        sum(daily.won_count) as won_count,
        sum(daily.coupon_count) as coupon_count,
        sum(daily.no_amount_count) as no_amount_count,
        sum(daily.customer_count) as customer_count,
        sum(daily.won_converted_count) as won_converted_count,
        sum(daily.won_amount) as won_amount,
        sum(daily.lost_converted_count) as lost_converted_count,
        sum(daily.lost_amount) as lost_amount,
        sum(daily.sized_count) as sized_count,
        sum(daily.sized_amount) as sized_amount,
        sum(daily.won_sized_count) as won_sized_count,
        sum(daily.won_sized_amount) as won_sized_amount,
        sum(daily.expansion_amount) as expansion_amount,
        sum(daily.ticket_count) as ticket_count,
        sum(daily.ticket_amount) as ticket_amount
    from daily
    inner join days on daily.closed_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        daily.dimension,
        daily.dimension_key,
        daily.dimension_value
),

-- Every period has its total, also an empty one.
scopes as (
    select
        period_grain,
        period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
    union
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value
    from placed
),

measured as (
    select
        scopes.period_grain,
        scopes.period_start,
        scopes.dimension,
        scopes.dimension_key,
        scopes.dimension_value,
        cast(coalesce(placed.closed_count, 0) as bigint) as closed_count,
        cast(coalesce(placed.won_count, 0) as bigint) as won_count,
        cast(coalesce(placed.coupon_count, 0) as bigint) as coupon_count,
        cast(coalesce(placed.no_amount_count, 0) as bigint) as no_amount_count,
        cast(coalesce(placed.customer_count, 0) as bigint) as customer_count,
        cast(coalesce(placed.won_converted_count, 0) as bigint) as won_converted_count,
        coalesce(placed.won_amount, 0) as won_amount,
        cast(coalesce(placed.lost_converted_count, 0) as bigint) as lost_converted_count,
        coalesce(placed.lost_amount, 0) as lost_amount,
        cast(coalesce(placed.sized_count, 0) as bigint) as sized_count,
        coalesce(placed.sized_amount, 0) as sized_amount,
        cast(coalesce(placed.won_sized_count, 0) as bigint) as won_sized_count,
        coalesce(placed.won_sized_amount, 0) as won_sized_amount,
        coalesce(placed.expansion_amount, 0) as expansion_amount,
        cast(coalesce(placed.ticket_count, 0) as bigint) as ticket_count,
        coalesce(placed.ticket_amount, 0) as ticket_amount,
        medians.ticket_median
    from scopes
    left join placed
        on
            scopes.period_grain = placed.period_grain
            and scopes.period_start = placed.period_start
            and scopes.dimension = placed.dimension
            and scopes.dimension_key = placed.dimension_key
    left join medians
        on
            scopes.period_grain = medians.period_grain
            and scopes.period_start = medians.period_start
            and scopes.dimension = medians.dimension
            and scopes.dimension_key = medians.dimension_key
)

{{ kpi_rows('deals_won', 'measured', 'won_count', 'won_count') }}
union all
{{ kpi_rows('sales_amount', 'measured', 'won_converted_count', 'won_amount') }}
union all
{{ kpi_rows('deals_won_without_amount', 'measured', 'no_amount_count', 'no_amount_count') }}
union all
{{ kpi_rows('deals_lost', 'measured', 'closed_count - won_count', 'closed_count - won_count') }}
union all
{{ kpi_rows('lost_amount', 'measured', 'lost_converted_count', 'lost_amount') }}
union all
{{ kpi_rows('win_rate', 'measured', 'closed_count', 'won_count', 'closed_count') }}
union all
{{ kpi_rows('win_rate_amount', 'measured', 'sized_count', 'won_sized_amount', 'sized_amount') }}
union all
{{ kpi_rows('average_deal_size', 'measured', 'ticket_count', 'ticket_amount', 'ticket_count') }}
union all
{{ kpi_rows('average_deal_size_median', 'measured', 'ticket_count', value='ticket_median') }}
union all
{{ kpi_rows('new_customers', 'measured', 'customer_count', 'customer_count') }}
union all
{{ kpi_rows(
    'expansion_share', 'measured', 'won_sized_count', 'expansion_amount', 'won_sized_amount'
) }}
union all
{{ kpi_rows('coupon_share', 'measured', 'won_count', 'coupon_count', 'won_count') }}
