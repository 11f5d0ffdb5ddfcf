-- Whether a discount goes with winning. It does not say that the discount was the cause.
with lines as (
    select * from {{ ref('fct_opportunity_lines') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

bands as (
    select * from {{ ref('discount_bands') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
    where period_grain in ('quarter', 'year')
),

periods as (
    select * from {{ ref('dim_period') }}
),

-- Of a deal's lines only those with a list price and a net amount tell a discount.
priced as (
    select
        opportunity_key,
        sum(list_amount_base) as list_amount,
        sum(net_amount_base) as net_amount
    from lines
    where list_amount_base is not null and net_amount_base is not null
    group by opportunity_key
),

closed as (
    select
        opportunities.opportunity_key,
        opportunities.closed_on,
        opportunities.deal_type,
        opportunities.is_won,
        opportunities.amount_base,
        opportunities.cycle_days,
        priced.list_amount,
        priced.list_amount - priced.net_amount as discount_amount,
        -- To a hundredth of a percent: a discount of 20 % is not above 20 % by a rounded cent.
        cast(
            round(
                {{ safe_divide('priced.list_amount - priced.net_amount', 'priced.list_amount') }}, 4
            ) as decimal(18, 4)
        ) as discount_rate
    from opportunities
    left join priced on opportunities.opportunity_key = priced.opportunity_key
    where opportunities.is_closed
),

banded as (
    select
        closed.closed_on,
        coalesce(closed.deal_type, 'unknown') as deal_type,
        coalesce(bands.discount_band, 'unknown') as discount_band,
        coalesce(bands.band_order, 0) as band_order,
        closed.is_won,
        closed.amount_base,
        closed.cycle_days,
        closed.list_amount,
        closed.discount_amount
    from closed
    left join bands
        on
            (bands.above_rate is null or closed.discount_rate > bands.above_rate)
            and (bands.up_to_rate is null or closed.discount_rate <= bands.up_to_rate)
            and closed.discount_rate is not null
),

summed as (
    select
        days.period_grain,
        days.period_start,
        banded.deal_type,
        banded.discount_band,
        banded.band_order,
        count_if(banded.is_won) as won_count,
        count_if(not banded.is_won) as lost_count,
        coalesce(sum(banded.amount_base) filter (where banded.is_won), 0) as won_amount,
        coalesce(sum(banded.amount_base) filter (where not banded.is_won), 0) as lost_amount,
        coalesce(sum(banded.list_amount), 0) as list_amount,
        coalesce(sum(banded.discount_amount), 0) as discount_amount,
        sum(banded.cycle_days) filter (where banded.is_won) as won_cycle_days,
        count(banded.cycle_days) filter (where banded.is_won) as won_cycle_count,
        sum(banded.cycle_days) filter (where not banded.is_won) as lost_cycle_days,
        count(banded.cycle_days) filter (where not banded.is_won) as lost_cycle_count
    from banded
    inner join days on banded.closed_on = days.date_day
    group by
        days.period_grain,
        days.period_start,
        banded.deal_type,
        banded.discount_band,
        banded.band_order
)

select
    summed.period_grain,
    summed.period_start,
    periods.period_end,
    periods.is_complete,
    summed.deal_type,
    summed.discount_band,
    summed.band_order,
    cast(summed.won_count as bigint) as won_count,
    cast(summed.lost_count as bigint) as lost_count,
    {{ safe_divide('summed.won_count', 'summed.won_count + summed.lost_count') }} as win_rate,
    cast(summed.won_amount as decimal(38, 2)) as won_amount,
    cast(summed.lost_amount as decimal(38, 2)) as lost_amount,
    cast(summed.list_amount as decimal(38, 2)) as list_amount,
    cast(summed.discount_amount as decimal(38, 2)) as discount_amount,
    {{ safe_divide('summed.discount_amount', 'summed.list_amount') }} as discount_rate,
    {{ safe_divide('summed.won_cycle_days', 'summed.won_cycle_count') }} as won_cycle_days,
    {{ safe_divide('summed.lost_cycle_days', 'summed.lost_cycle_count') }} as lost_cycle_days
from summed
inner join periods
    on
        summed.period_grain = periods.period_grain
        and summed.period_start = periods.period_start
