with source as (
    select * from {{ source('raw_ingestion', 'loads') }}
)

select
    source as source_system,
    entity,
    load_id,
    status,
    window_end,
    rows as row_count,
    loaded_at
from source
