with kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
)

select
    kpi_values.kpi_id,
    catalogue.family as kpi_family,
    kpi_values.period_grain,
    kpi_values.period_start,
    kpi_values.period_end,
    kpi_values.is_complete,
    kpi_values.is_mature,
    kpi_values.dimension,
    kpi_values.dimension_key,
    kpi_values.dimension_value,
    kpi_values.numerator,
    kpi_values.denominator,
    kpi_values.value,
    kpi_values.n,
    kpi_values.unit
from kpi_values
inner join catalogue on kpi_values.kpi_id = catalogue.kpi_id
