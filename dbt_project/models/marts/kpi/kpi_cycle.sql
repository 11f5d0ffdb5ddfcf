-- The open side of the velocity is that of open_pipeline_count: one number, whoever asks.
{% set window_sums = [
    'won_count', 'closed_count', 'sized_count', 'won_amount', 'timed_count', 'cycle_days',
] %}
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

dates as (
    select date_day
    from {{ ref('dim_date') }}
    where is_in_spine
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

dimensions as (
    select * from {{ ref('bridge_opportunity_dimension') }}
),

first_purchases as (
    select * from {{ ref('fct_first_purchases') }}
),

open_counts as (
    select * from {{ ref('kpi_pipeline') }}
    where
        kpi_id = 'open_pipeline_count'
        and dimension in ('total', 'owner', 'team', 'pipeline')
),

-- Won and lost deals have different cycles; a negative one is in excluded_records.
deal_durations as (
    select
        case when opportunities.is_won then 'won' else 'lost' end as kind,
        opportunities.closed_on as date_day,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        opportunities.cycle_days as duration_days
    from opportunities
    inner join dimensions on opportunities.opportunity_key = dimensions.opportunity_key
    where opportunities.cycle_days is not null
),

journeys as (
    select
        first_won_on as date_day,
        journey_days as duration_days,
        country_code,
        industry,
        size_band
    from first_purchases
    where journey_days is not null
),

journey_durations as (
    {{ by_dimension('journeys', ['date_day', 'duration_days'], {
        'country': 'country_code',
        'industry': 'industry',
        'size_band': 'size_band',
    }) }}
),

durations as (
    select
        kind,
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        duration_days
    from deal_durations
    union all
    select
        'journey' as kind,
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        duration_days
    from journey_durations
),

kinds as (
    select 'won' as kind
    union all
    select 'lost' as kind
    union all
    select 'journey' as kind
),

-- Durations are whole days, and many are alike: counted first, then placed and ranked.
duration_counts as (
    select
        kind,
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        duration_days,
        count(*) as record_count
    from durations
    group by kind, date_day, dimension, dimension_key, dimension_value, duration_days
),

placed as (
    select
        counts.kind,
        days.period_grain,
        days.period_start,
        counts.dimension,
        counts.dimension_key,
        counts.dimension_value,
        counts.duration_days,
        sum(counts.record_count) as record_count
    from duration_counts as counts
    inner join days on counts.date_day = days.date_day
    group by
        counts.kind,
        days.period_grain,
        days.period_start,
        counts.dimension,
        counts.dimension_key,
        counts.dimension_value,
        counts.duration_days
    union all
    -- Every period has its total, also an empty one.
    select
        kinds.kind,
        periods.period_grain,
        periods.period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        cast(null as integer) as duration_days,
        0 as record_count
    from periods
    cross join kinds
),

ranked as (
    select
        kind,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        duration_days,
        record_count,
        sum(record_count) over (
            partition by kind, period_grain, period_start, dimension, dimension_key
            order by duration_days asc nulls first
            rows between unbounded preceding and current row
        ) as through_count,
        sum(record_count) over (
            partition by kind, period_grain, period_start, dimension, dimension_key
        ) as total_count
    from placed
),

measured as (
    select
        kind,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        sum(record_count) as record_count,
        coalesce(sum(duration_days * record_count), 0) as duration_days,
        {{ percentile_of_counted(0.5, 'duration_days', 'through_count', 'total_count') }}
            as duration_median,
        {{ percentile_of_counted(0.75, 'duration_days', 'through_count', 'total_count') }}
            as duration_p75,
        {{ percentile_of_counted(0.9, 'duration_days', 'through_count', 'total_count') }}
            as duration_p90
    from ranked
    group by kind, period_grain, period_start, dimension, dimension_key, dimension_value
),

closings as (
    select
        opportunities.closed_on as date_day,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value,
        count(*) filter (where opportunities.is_won) as won_count,
        count(*) as closed_count,
        count(*) filter (where opportunities.is_won and opportunities.amount_base > 0)
            as sized_count,
        coalesce(
            sum(opportunities.amount_base)
            filter (where opportunities.is_won and opportunities.amount_base > 0), 0
        ) as won_amount,
        count(opportunities.cycle_days) filter (where opportunities.is_won) as timed_count,
        coalesce(sum(opportunities.cycle_days) filter (where opportunities.is_won), 0)
            as cycle_days
    from opportunities
    inner join dimensions on opportunities.opportunity_key = dimensions.opportunity_key
    where
        opportunities.closed_on is not null
        and dimensions.dimension in ('total', 'owner', 'team', 'pipeline')
    group by
        opportunities.closed_on,
        dimensions.dimension,
        dimensions.dimension_key,
        dimensions.dimension_value
),

-- The 90 days that end with each day.
windows as (
    {{ trailing_sums('closings', window_sums, 90) }}
),

rates as (
    select
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        cast(won_count as bigint) as won_count,
        {{ safe_divide('won_amount', 'sized_count') }} as deal_size,
        {{ safe_divide('won_count', 'closed_count') }} as win_rate,
        {{ safe_divide('cycle_days', 'timed_count') }} as mean_cycle_days
    from windows
    where closed_count > 0
),

closed_deals as (
    select
        periods.period_grain,
        periods.period_start,
        rates.dimension,
        rates.dimension_key,
        rates.dimension_value,
        rates.won_count,
        rates.deal_size,
        rates.win_rate,
        rates.mean_cycle_days
    from periods
    inner join rates on periods.measured_on = rates.date_day
),

-- No row in the window, or none open, is still a velocity: an unknown one, or 0.
velocities as (
    select
        coalesce(open_deals.period_grain, closed_deals.period_grain) as period_grain,
        coalesce(open_deals.period_start, closed_deals.period_start) as period_start,
        coalesce(open_deals.dimension, closed_deals.dimension) as dimension,
        coalesce(open_deals.dimension_key, closed_deals.dimension_key) as dimension_key,
        coalesce(open_deals.dimension_value, closed_deals.dimension_value) as dimension_value,
        coalesce(closed_deals.won_count, 0) as won_count,
        round(
            cast(coalesce(open_deals.value, 0) as double)
            * closed_deals.deal_size
            * closed_deals.win_rate,
            10
        ) as amount,
        closed_deals.mean_cycle_days
    from open_counts as open_deals
    full outer join closed_deals
        on
            open_deals.period_grain = closed_deals.period_grain
            and open_deals.period_start = closed_deals.period_start
            and open_deals.dimension = closed_deals.dimension
            and open_deals.dimension_key = closed_deals.dimension_key
)

{{ kpi_duration_rows(
    'sales_cycle_days', 'measured', 'duration_days', 'record_count', 'duration',
    where="kind = 'won'"
) }}
union all
{{ kpi_duration_rows(
    'loss_cycle_days', 'measured', 'duration_days', 'record_count', 'duration',
    where="kind = 'lost'"
) }}
union all
{{ kpi_duration_rows(
    'customer_journey_days', 'measured', 'duration_days', 'record_count', 'duration',
    where="kind = 'journey'"
) }}
union all
{{ kpi_rows('sales_velocity', 'velocities', 'won_count', 'amount', 'mean_cycle_days') }}
