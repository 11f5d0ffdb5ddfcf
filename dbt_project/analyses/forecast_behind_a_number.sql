-- From a KPI of the family `forecast` to the forecasts behind it:
--   dbt compile --select forecast_behind_a_number --vars '{as_of: ...,
--     number_kpi: forecast_accuracy, number_grain: quarter, number_start: 2026-07-01}'
-- forecast_amount and its bounds are those of the newest row of the period; accuracy and bias add
-- up the rows of its three fixed days; interval_coverage counts the rows of the twelve periods that
-- end with it. What each forecast had learnt from is in precedent_count and days_left.
with asked as (
    {{ asked_numbers('forecast') }}
),

forecasts as (
    select
        *,
        dense_rank() over (partition by period_grain order by period_start asc) as period_number
    from {{ ref('fct_sales_forecast') }}
),

numbered as (
    select
        period_grain,
        period_start,
        max(period_number) as period_number
    from forecasts
    group by period_grain, period_start
)

select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_value,
    forecasts.period_start as forecast_period_start,
    forecasts.horizon,
    forecasts.made_on,
    forecasts.days_left,
    forecasts.precedent_count,
    forecasts.won_amount,
    forecasts.forecast_p10,
    forecasts.forecast_p50,
    forecasts.forecast_p90,
    forecasts.actual_amount
from asked
inner join numbered
    on
        asked.period_grain = numbered.period_grain
        and asked.period_start = numbered.period_start
inner join forecasts
    on
        numbered.period_grain = forecasts.period_grain
        and case when asked.dimension = 'horizon' then 'total' else asked.dimension_key end
        = forecasts.dimension_key
where
    (asked.dimension <> 'horizon' or asked.dimension_key = forecasts.horizon)
    and case
        when asked.kpi_id = 'interval_coverage'
            then
                forecasts.period_number <= numbered.period_number
                and forecasts.period_number > numbered.period_number - 12
                and forecasts.is_complete
        else forecasts.period_start = asked.period_start
    end
