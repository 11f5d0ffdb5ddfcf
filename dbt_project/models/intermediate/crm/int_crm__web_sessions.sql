select
    session_on,
    lead_source,
    session_count
from {{ ref('int_spreadsheets__web_sessions_conformed') }}
