with source as (
    select * from {{ source('raw_spreadsheets', 'benchmarks') }}
)

select
    {{ text_or_null('row_key') }} as row_key,
    {{ text_or_null('file') }} as file_name,
    {{ text_or_null('sheet') }} as sheet_name,
    cast(sheet_row as bigint) as sheet_row,
    {{ text_or_null('kpi_id') }} as kpi_id,
    {{ text_or_null('segment') }} as segment,
    {{ text_or_null('segment_dimension') }} as segment_dimension,
    {{ text_or_null('country_code') }} as country_code,
    cast(benchmark_value as decimal(18, 4)) as benchmark_value,
    {{ text_or_null('source_name') }} as source_name,
    cast(source_date as date) as source_date,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at
from source
