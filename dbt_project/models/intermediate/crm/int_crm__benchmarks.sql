select
    vendor_id as benchmark_key,
    kpi_id,
    segment,
    segment_dimension,
    benchmark_value,
    source_name,
    source_date,
    country_code
from {{ ref('int_spreadsheets__benchmarks_conformed') }}
