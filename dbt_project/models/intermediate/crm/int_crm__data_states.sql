select
    source_system,
    entity,
    known_until,
    vendor_row_count,
    raw_row_count,
    vendor_value,
    raw_value,
    is_within
from {{ ref('int_ingestion__data_states_conformed') }}
