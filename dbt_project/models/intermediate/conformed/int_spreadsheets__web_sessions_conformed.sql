select
    row_key as vendor_id,
    session_on,
    lead_source,
    session_count
from {{ ref('stg_spreadsheets__web_sessions') }}
where not _is_deleted
