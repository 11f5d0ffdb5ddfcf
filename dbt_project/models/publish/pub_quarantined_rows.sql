with quarantined_rows as (
    select * from {{ ref('fct_quarantined_rows') }}
)

select
    quarantine_key,
    source_system,
    entity,
    file_name,
    sheet_name,
    sheet_row,
    sheet_column,
    found_value,
    reason
from quarantined_rows
