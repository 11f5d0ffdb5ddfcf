with benchmark as (
    select * from {{ ref('fct_benchmark') }}
)

select
    benchmark_key,
    kpi_id,
    segment,
    segment_dimension,
    country_code,
    period_grain,
    period_start,
    period_end,
    dimension,
    dimension_key,
    own_value,
    own_n,
    benchmark_value,
    difference,
    standing,
    missing_reason,
    source_name,
    source_date,
    source_age_days
from benchmark
