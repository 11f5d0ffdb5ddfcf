with states as (
    select * from {{ ref('int_crm__data_states') }}
)

select
    source_system,
    entity,
    known_until,
    -- What was read after the run began is not older than the run.
    cast(
        greatest(floor({{ seconds_between('known_until', as_of()) }} / 60), 0) as bigint
    ) as age_minutes,
    vendor_row_count,
    raw_row_count,
    raw_row_count - vendor_row_count as row_gap,
    vendor_value,
    raw_value,
    raw_value - vendor_value as value_gap,
    -- Not compared is neither: many entities have no count at their vendor.
    is_within as is_reconciled
from states
