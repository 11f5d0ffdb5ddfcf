with quarantine as (
    select * from {{ ref('int_crm__quarantine') }}
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
from quarantine
