with excluded as (
    select * from {{ ref('excluded_records') }}
)

select
    entity,
    record_key,
    hubspot_id,
    salesforce_id,
    pipedrive_id,
    reason,
    kpi_families,
    amount,
    currency_code
from excluded
