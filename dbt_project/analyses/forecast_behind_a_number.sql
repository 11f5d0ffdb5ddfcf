-- From a KPI of the family `forecast` to the forecasts behind it, by the day on which they were
-- made. Accuracy is not below 0, whatever its rows add up to.
with asked as (
    {{ asked_number() }}
),

forecasts as (
    select
        *,
        row_number() over (
            partition by period_grain, period_start, dimension, dimension_key
            order by made_on desc, horizon asc
        ) as newest_first
    from {{ ref('fct_sales_forecast') }}
),

periods as (
    select
        period_grain,
        period_start,
        row_number() over (partition by period_grain order by period_start asc) as period_number
    from {{ ref('dim_period') }}
),

judged as (
    select
        forecasts.*,
        periods.period_number
    from forecasts
    inner join periods
        on
            forecasts.period_grain = periods.period_grain
            and forecasts.period_start = periods.period_start
    where
        forecasts.is_complete
        and forecasts.horizon <> 'now'
        and forecasts.dimension = 'total'
),

newest_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'forecast' as record_kind,
        concat_ws(' ', cast(forecasts.period_start as string), forecasts.horizon) as record_key,
        forecasts.made_on as happened_on,
        case asked.kpi_id
            when 'forecast_amount' then forecasts.forecast_p50
            when 'forecast_amount_p10' then forecasts.forecast_p10
            else forecasts.forecast_p90
        end as numerator,
        cast(null as integer) as denominator,
        cast(null as string) as reason
    from asked
    inner join forecasts
        on
            asked.period_grain = forecasts.period_grain
            and asked.period_start = forecasts.period_start
            and asked.dimension = forecasts.dimension
            and asked.dimension_key = forecasts.dimension_key
    where asked.kpi_id like 'forecast_amount%' and forecasts.newest_first = 1
),

-- A coverage looks back over twelve periods, the others are of one.
judged_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'forecast' as record_kind,
        concat_ws(' ', cast(judged.period_start as string), judged.horizon) as record_key,
        judged.made_on as happened_on,
        case asked.kpi_id
            when 'forecast_accuracy'
                then judged.actual_amount - abs(judged.actual_amount - judged.forecast_p50)
            when 'forecast_bias' then judged.forecast_p50 - judged.actual_amount
            when 'interval_coverage'
                then
                    case
                        when
                            judged.actual_amount
                            between judged.forecast_p10 and judged.forecast_p90
                            then 1
                        else 0
                    end
        end as numerator,
        case when asked.kpi_id = 'interval_coverage' then 1 else judged.actual_amount end
            as denominator,
        cast(null as string) as reason
    from asked
    inner join periods
        on
            asked.period_grain = periods.period_grain
            and asked.period_start = periods.period_start
    inner join judged
        on
            periods.period_grain = judged.period_grain
            and periods.period_number >= judged.period_number
            and periods.period_number - judged.period_number
            < case when asked.kpi_id = 'interval_coverage' then 12 else 1 end
    where
        asked.kpi_id not like 'forecast_amount%'
        and {{ asked_key({'horizon': 'judged.horizon'}) }} = asked.dimension_key
)

{{ rows_behind(['newest_rows', 'judged_rows']) }}
