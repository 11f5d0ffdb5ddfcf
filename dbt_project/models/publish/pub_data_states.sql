with data_states as (
    select * from {{ ref('fct_data_states') }}
)

select
    source_system,
    entity,
    known_until,
    age_minutes,
    vendor_row_count,
    raw_row_count,
    row_gap,
    vendor_value,
    raw_value,
    value_gap,
    is_reconciled
from data_states
