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
        {{ days_between('made_on', 'period_end') }} as days_left
    from horizons
    where made_on <= {{ add_days(as_of_date(), 1) }} and made_on <= period_end
),

numbered as (
    select
        period_grain,
        period_start,
        period_end,
        row_number() over (partition by period_grain order by period_start asc) as number_in_grain
    from periods
),

-- The period itself, and the twelve before it, each at the day with as many days left.
compared as (
    select
        made.period_grain,
        made.period_start,
        made.horizon,
        present.number_in_grain - earlier.number_in_grain as periods_ago,
        earlier.period_start as start_on,
        case
            when present.number_in_grain = earlier.number_in_grain then made.made_on
            else greatest(
                earlier.period_start, {{ add_days('earlier.period_end', '-made.days_left') }}
            )
        end as day_on,
        earlier.period_end as end_on
    from made
    inner join numbered as present
        on
            made.period_grain = present.period_grain
            and made.period_start = present.period_start
    inner join numbered as earlier
        on
            made.period_grain = earlier.period_grain
            and present.number_in_grain >= earlier.number_in_grain
            and present.number_in_grain <= earlier.number_in_grain + 12
),

-- One join by the day for all the days asked for: joins for each of them multiply each other.
asked_days as (
    select
        period_grain,
        period_start,
        horizon,
        periods_ago,
        'start' as part,
        start_on as date_day
    from compared
    union all
    select
        period_grain,
        period_start,
        horizon,
        periods_ago,
        'day' as part,
        day_on as date_day
    from compared
    union all
    select
        period_grain,
        period_start,
        horizon,
        periods_ago,
        'trail' as part,
        {{ add_days('day_on', -90) }} as date_day
    from compared
    union all
    select
        period_grain,
        period_start,
        horizon,
        periods_ago,
        'end' as part,
        end_on as date_day
    from compared
),

sums as (
    select
        asked_days.period_grain,
        asked_days.period_start,
        asked_days.horizon,
        asked_days.periods_ago,
        won_before.dimension,
        won_before.dimension_key,
        max(case when asked_days.part = 'start' then won_before.amount end) as at_start,
        max(case when asked_days.part = 'day' then won_before.amount end) as at_day,
        max(case when asked_days.part = 'trail' then won_before.amount end) as at_trail,
        max(case when asked_days.part = 'end' then won_before.amount end) as at_end,
        max(case when asked_days.part = 'trail' then won_before.date_day end) as trail_on
    from asked_days
    inner join won_before on asked_days.date_day = won_before.date_day
    group by
        asked_days.period_grain,
        asked_days.period_start,
        asked_days.horizon,
        asked_days.periods_ago,
        won_before.dimension,
        won_before.dimension_key
),

ratios as (
    select
        sums.period_grain,
        sums.period_start,
        sums.horizon,
        sums.dimension,
        sums.dimension_key,
        cast(sums.at_end - sums.at_day as double)
        / nullif(cast(sums.at_day - sums.at_trail as double), 0) as remainder_ratio
    from sums
    -- The first 90 days of a business, or a team, make any ratio.
    inner join subjects
        on
            sums.dimension = subjects.dimension
            and sums.dimension_key = subjects.dimension_key
            and sums.trail_on >= subjects.first_won_on
    where sums.periods_ago > 0
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
        sums.at_day - sums.at_start as won_amount,
        -- Credits may outweigh sales for a while; they foretell no sale below nothing.
        greatest(sums.at_day - sums.at_trail, 0) as trailing_amount,
        case when made.is_complete then sums.at_end - sums.at_start end as actual_amount
    from made
    inner join spreads
        on
            made.period_grain = spreads.period_grain
            and made.period_start = spreads.period_start
            and made.horizon = spreads.horizon
    inner join sums
        on
            spreads.period_grain = sums.period_grain
            and spreads.period_start = sums.period_start
            and spreads.horizon = sums.horizon
            and spreads.dimension = sums.dimension
            and spreads.dimension_key = sums.dimension_key
            and sums.periods_ago = 0
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
