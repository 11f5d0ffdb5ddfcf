-- A numerator is part of its denominator.
with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
    where is_bounded
)

select
    kpi_values.kpi_id,
    kpi_values.period_grain,
    kpi_values.period_start,
    kpi_values.dimension,
    kpi_values.dimension_value,
    kpi_values.numerator,
    kpi_values.denominator,
    kpi_values.value
from kpi_values
inner join catalogue on kpi_values.kpi_id = catalogue.kpi_id
where
    kpi_values.value < 0
    or kpi_values.value > 1
    or kpi_values.numerator < 0
    or kpi_values.numerator > kpi_values.denominator
