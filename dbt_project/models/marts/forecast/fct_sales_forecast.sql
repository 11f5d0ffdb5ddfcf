-- What a period will have won by its end, said on fixed days of it and at the run, from the past
-- alone: the days left of the twelve periods before brought so many times the sales of the 90 days
-- before them; the 10th, 50th and 90th percentile of that ratio, times the last 90 days' sales, on
-- top of what is won already. Nothing after the day itself is used, but for later corrections of
-- deals that had closed before it.
with periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter')
),

dates as (
    select * from {{ ref('dim_date') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where is_won
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
    where dimension in ('total', 'team', 'pipeline')
),

daily as (
    select
        dimensions.dimension,
        dimensions.dimension_key,
        max(dimensions.dimension_value) as dimension_value,
        opportunities.closed_on,
        sum(opportunities.amount_base) as won_amount
    from opportunities
    inner join dimensions on opportunities.opportunity_key = dimensions.opportunity_key
    group by dimensions.dimension, dimensions.dimension_key, opportunities.closed_on
),

subjects as (
    select
        dimension,
        dimension_key,
        max(dimension_value) as dimension_value,
        min(closed_on) as first_won_on
    from daily
    group by dimension, dimension_key
),

-- What had been won before each day: sums between two days are differences of two rows.
won_before as (
    select
        subjects.dimension,
        subjects.dimension_key,
        dates.date_day,
        coalesce(
            sum(daily.won_amount) over (
                partition by subjects.dimension, subjects.dimension_key
                order by dates.date_day asc
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as amount
    from subjects
    cross join dates
    left join daily
        on
            subjects.dimension = daily.dimension
            and subjects.dimension_key = daily.dimension_key
            and dates.date_day = daily.closed_on
),

horizons as (
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        'start' as horizon,
        period_start as made_on
    from periods
    union all
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        'mid' as horizon,
        {{ add_days(
            'period_end',
            '-cast(floor(' ~ days_between('period_start', 'period_end') ~ ' / 2) as integer)'
        ) }} as made_on
    from periods
    union all
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        'seven_days_left' as horizon,
        {{ add_days('period_end', -7) }} as made_on
    from periods
    union all
    -- At the run: what was won today counts.
    select
        period_grain,
        period_start,
        period_end,
        is_complete,
        'now' as horizon,
        {{ add_days(as_of_date(), 1) }} as made_on
    from periods
    where not is_complete
),

-- A forecast is made at the beginning of its day, and only of days that have come.
made as (
    select
        *,
        {{ days_between('made_on', 'period_end') }} as days_left,
        {{ add_days('made_on', -90) }} as trailing_from
    from horizons
    where made_on <= {{ add_days(as_of_date(), 1) }} and made_on <= period_end
),

-- The twelve periods before, each at the day with as many days left.
numbered as (
    select
        period_grain,
        period_start,
        period_end,
        row_number() over (partition by period_grain order by period_start asc) as number_in_grain
    from periods
),

precedents as (
    select
        made.period_grain,
        made.period_start,
        made.horizon,
        earlier.period_end as past_end,
        greatest(earlier.period_start, {{ add_days('earlier.period_end', '-made.days_left') }})
            as past_made_on
    from made
    inner join numbered as present
        on
            made.period_grain = present.period_grain
            and made.period_start = present.period_start
    inner join numbered as earlier
        on
            made.period_grain = earlier.period_grain
            and present.number_in_grain > earlier.number_in_grain
            and present.number_in_grain <= earlier.number_in_grain + 12
),

placed_precedents as (
    select
        *,
        {{ add_days('past_made_on', -90) }} as past_trailing_from
    from precedents
),

ratios as (
    select
        precedents.period_grain,
        precedents.period_start,
        precedents.horizon,
        at_end.dimension,
        at_end.dimension_key,
        cast(at_end.amount - at_made.amount as double)
        / nullif(cast(at_made.amount - at_trail.amount as double), 0) as remainder_ratio
    from placed_precedents as precedents
    inner join won_before as at_end on precedents.past_end = at_end.date_day
    inner join won_before as at_made
        on
            precedents.past_made_on = at_made.date_day
            and at_end.dimension = at_made.dimension
            and at_end.dimension_key = at_made.dimension_key
    inner join won_before as at_trail
        on
            precedents.past_trailing_from = at_trail.date_day
            and at_end.dimension = at_trail.dimension
            and at_end.dimension_key = at_trail.dimension_key
    -- The first 90 days of a business, or a team, make any ratio.
    inner join subjects
        on
            at_end.dimension = subjects.dimension
            and at_end.dimension_key = subjects.dimension_key
            and precedents.past_trailing_from >= subjects.first_won_on
),

spreads as (
    select
        period_grain,
        period_start,
        horizon,
        dimension,
        dimension_key,
        count(remainder_ratio) as precedent_count,
        {{ percentile(0.1, 'remainder_ratio') }} as ratio_p10,
        {{ percentile(0.5, 'remainder_ratio') }} as ratio_p50,
        {{ percentile(0.9, 'remainder_ratio') }} as ratio_p90
    from ratios
    group by period_grain, period_start, horizon, dimension, dimension_key
    -- Three periods are no distribution.
    having count(remainder_ratio) >= {{ var('forecast_min_periods') }}
),

measured as (
    select
        made.period_grain,
        made.period_start,
        made.period_end,
        made.is_complete,
        made.horizon,
        made.made_on,
        made.days_left,
        spreads.dimension,
        spreads.dimension_key,
        spreads.precedent_count,
        spreads.ratio_p10,
        spreads.ratio_p50,
        spreads.ratio_p90,
        at_day.amount - at_start.amount as won_amount,
        at_day.amount - at_trail.amount as trailing_amount,
        case when made.is_complete then at_end.amount - at_start.amount end as actual_amount
    from made
    inner join spreads
        on
            made.period_grain = spreads.period_grain
            and made.period_start = spreads.period_start
            and made.horizon = spreads.horizon
    inner join won_before as at_day
        on
            made.made_on = at_day.date_day
            and spreads.dimension = at_day.dimension
            and spreads.dimension_key = at_day.dimension_key
    inner join won_before as at_start
        on
            made.period_start = at_start.date_day
            and spreads.dimension = at_start.dimension
            and spreads.dimension_key = at_start.dimension_key
    inner join won_before as at_trail
        on
            made.trailing_from = at_trail.date_day
            and spreads.dimension = at_trail.dimension
            and spreads.dimension_key = at_trail.dimension_key
    inner join won_before as at_end
        on
            made.period_end = at_end.date_day
            and spreads.dimension = at_end.dimension
            and spreads.dimension_key = at_end.dimension_key
)

select
    measured.period_grain,
    measured.period_start,
    measured.period_end,
    measured.is_complete,
    measured.horizon,
    measured.made_on,
    cast(measured.days_left as bigint) as days_left,
    measured.dimension,
    measured.dimension_key,
    subjects.dimension_value,
    measured.precedent_count,
    cast(measured.won_amount as decimal(18, 2)) as won_amount,
    cast(
        cast(measured.won_amount as double)
        + cast(measured.trailing_amount as double) * measured.ratio_p10
        as decimal(18, 2)
    ) as forecast_p10,
    cast(
        cast(measured.won_amount as double)
        + cast(measured.trailing_amount as double) * measured.ratio_p50
        as decimal(18, 2)
    ) as forecast_p50,
    cast(
        cast(measured.won_amount as double)
        + cast(measured.trailing_amount as double) * measured.ratio_p90
        as decimal(18, 2)
    ) as forecast_p90,
    cast(measured.actual_amount as decimal(18, 2)) as actual_amount
from measured
inner join subjects
    on
        measured.dimension = subjects.dimension
        and measured.dimension_key = subjects.dimension_key
