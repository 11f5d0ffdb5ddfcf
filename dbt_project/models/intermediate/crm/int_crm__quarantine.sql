select
    {{ vendor_key('quarantine', 'source_system', 'vendor_id') }} as quarantine_key,
    source_system,
    entity,
    file_name,
    sheet_name,
    sheet_row,
    sheet_column,
    found_value,
    reason
from {{ ref('int_spreadsheets__quarantine_conformed') }}
