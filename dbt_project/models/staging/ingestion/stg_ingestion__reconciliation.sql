with source as (
    select * from {{ source('raw_ingestion', 'reconciliation') }}
)

select
    source as source_system,
    entity,
    load_id,
    measure,
    window_end,
    vendor_rows as vendor_row_count,
    raw_rows as raw_row_count,
    vendor_value,
    raw_value,
    is_within,
    note
from source
