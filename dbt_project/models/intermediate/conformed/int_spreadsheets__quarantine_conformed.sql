select
    'spreadsheets' as source_system,
    quarantine_key as vendor_id,
    coalesce(kind, 'unknown') as entity,
    file_name,
    sheet_name,
    sheet_row,
    sheet_column,
    found_value,
    reason
from {{ ref('stg_spreadsheets__quarantine') }}
where not _is_deleted
