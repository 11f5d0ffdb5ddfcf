select
    row_key as vendor_id,
    kpi_id,
    segment,
    segment_dimension,
    benchmark_value,
    source_name,
    source_date,
    country_code
from {{ ref('stg_spreadsheets__benchmarks') }}
where not _is_deleted
