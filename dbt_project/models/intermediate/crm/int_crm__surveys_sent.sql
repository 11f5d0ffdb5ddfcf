select
    survey_name,
    sent_on,
    sent_count
from {{ ref('int_spreadsheets__surveys_sent_conformed') }}
