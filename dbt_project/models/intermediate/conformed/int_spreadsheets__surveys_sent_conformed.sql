select
    row_key as vendor_id,
    survey_name,
    sent_on,
    sent_count
from {{ ref('stg_spreadsheets__surveys_sent') }}
where not _is_deleted
