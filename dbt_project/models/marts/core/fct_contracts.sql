with contracts as (
    select * from {{ ref('int_crm__contracts') }}
)

select
    contract_key,
    account_key,
    starts_on,
    ends_on,
    is_active_status
from contracts
-- Deleted and internal contracts: see excluded_records.
where exclusion_reason is null
