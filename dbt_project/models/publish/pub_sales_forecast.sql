with forecasts as (
    select * from {{ ref('fct_sales_forecast') }}
)

select
    period_grain,
    period_start,
    period_end,
    is_complete,
    horizon,
    made_on,
    days_left,
    dimension,
    dimension_key,
    dimension_value,
    precedent_count,
    won_amount,
    forecast_p10,
    forecast_p50,
    forecast_p90,
    actual_amount
from forecasts
