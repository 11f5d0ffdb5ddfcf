select
    row_key as vendor_id,
    campaign_name,
    spent_on,
    spend_amount,
    coalesce(currency_code, '{{ var("reporting_currency") }}') as currency_code
from {{ ref('stg_spreadsheets__campaign_spend') }}
where not _is_deleted
