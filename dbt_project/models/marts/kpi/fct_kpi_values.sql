with all_values as (
    select * from {{ ref('kpi_sales') }}
    union all
    select * from {{ ref('kpi_cycle') }}
    union all
    select * from {{ ref('kpi_marketing') }}
    union all
    select * from {{ ref('kpi_movement') }}
    union all
    select * from {{ ref('kpi_pipeline') }}
    union all
    select * from {{ ref('kpi_products') }}
    union all
    select * from {{ ref('kpi_leads') }}
    union all
    select * from {{ ref('kpi_funnel') }}
    union all
    select * from {{ ref('kpi_activities') }}
    union all
    select * from {{ ref('kpi_people') }}
    union all
    select * from {{ ref('kpi_attainment') }}
    union all
    select * from {{ ref('kpi_customers') }}
    union all
    select * from {{ ref('kpi_satisfaction') }}
    union all
    select * from {{ ref('kpi_forecast') }}
    union all
    select * from {{ ref('kpi_trust') }}
    union all
    select * from {{ ref('kpi_service') }}
),

periods as (
    select * from {{ ref('dim_period') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
)

select
    all_values.kpi_id,
    all_values.period_grain,
    all_values.period_start,
    periods.period_end,
    periods.is_complete,
    all_values.is_mature,
    all_values.dimension,
    all_values.dimension_key,
    all_values.dimension_value,
    all_values.numerator,
    all_values.denominator,
    all_values.value,
    all_values.n,
    catalogue.unit
from all_values
left join periods
    on
        all_values.period_grain = periods.period_grain
        and all_values.period_start = periods.period_start
left join catalogue on all_values.kpi_id = catalogue.kpi_id
