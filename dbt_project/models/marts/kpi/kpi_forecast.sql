-- A period's forecast is the newest one made for it. Accuracy, bias and coverage look at the three
-- fixed days of each ended period (dimension `horizon`); the total takes them together. Coverage
-- looks back over twelve ended periods: of one period it would be all or nothing.
with periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter')
),

forecasts as (
    select * from {{ ref('fct_sales_forecast') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start, dimension, dimension_key
            order by made_on desc, horizon asc
        ) as newest_first
    from forecasts
),

newest as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        precedent_count,
        forecast_p10,
        forecast_p50,
        forecast_p90
    from ranked
    where newest_first = 1
    union all
    -- Every period has its total, also one with too short a past.
    select
        periods.period_grain,
        periods.period_start,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value,
        0 as precedent_count,
        cast(null as decimal(18, 2)) as forecast_p10,
        cast(null as decimal(18, 2)) as forecast_p50,
        cast(null as decimal(18, 2)) as forecast_p90
    from periods
    left join ranked
        on
            periods.period_grain = ranked.period_grain
            and periods.period_start = ranked.period_start
            and ranked.dimension = 'total'
    where ranked.dimension is null
),

judged as (
    select
        period_grain,
        period_start,
        horizon,
        forecast_p50,
        actual_amount,
        abs(actual_amount - forecast_p50) as missed_amount,
        case when actual_amount between forecast_p10 and forecast_p90 then 1 else 0 end
            as is_covered
    from forecasts
    where is_complete and horizon <> 'now' and dimension = 'total'
),

dimensioned as (
    {{ by_dimension(
        'judged',
        [
            'period_grain', 'period_start', 'forecast_p50', 'actual_amount', 'missed_amount',
            'is_covered',
        ],
        {'horizon': 'horizon'},
    ) }}
    union all
    select
        period_grain,
        period_start,
        0 as forecast_p50,
        0 as actual_amount,
        0 as missed_amount,
        cast(null as integer) as is_covered,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
),

added as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        sum(forecast_p50) as forecast_amount,
        sum(actual_amount) as actual_amount,
        greatest(sum(actual_amount) - sum(missed_amount), 0) as met_amount,
        cast(coalesce(sum(is_covered), 0) as bigint) as covered_count,
        count(is_covered) as forecast_count
    from dimensioned
    group by period_grain, period_start, dimension, dimension_key, dimension_value
),

looked_back as (
    select
        *,
        sum(covered_count) over (
            partition by period_grain, dimension, dimension_key
            order by period_start asc
            rows between 11 preceding and current row
        ) as covered_of_twelve,
        sum(forecast_count) over (
            partition by period_grain, dimension, dimension_key
            order by period_start asc
            rows between 11 preceding and current row
        ) as forecasts_of_twelve
    from added
)

{{ kpi_rows('forecast_amount', 'newest', 'precedent_count', value='forecast_p50') }}
union all
{{ kpi_rows('forecast_amount_p10', 'newest', 'precedent_count', value='forecast_p10') }}
union all
{{ kpi_rows('forecast_amount_p90', 'newest', 'precedent_count', value='forecast_p90') }}
union all
{{ kpi_rows('forecast_accuracy', 'looked_back', 'forecast_count', 'met_amount', 'actual_amount') }}
union all
{{ kpi_rows(
    'forecast_bias', 'looked_back', 'forecast_count', 'forecast_amount - actual_amount',
    'actual_amount'
) }}
union all
{{ kpi_rows(
    'interval_coverage', 'looked_back', 'forecasts_of_twelve', 'covered_of_twelve',
    'forecasts_of_twelve'
) }}
