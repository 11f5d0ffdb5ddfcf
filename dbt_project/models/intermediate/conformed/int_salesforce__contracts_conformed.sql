select
    'salesforce' as source_system,
    contract_id as vendor_id,
    account_id as vendor_account_id,
    starts_on,
    ends_on,
    -- A contract that was activated once has run, also when its status says expired by now.
    coalesce(status_code = 'Activated', false) or activated_at is not null as is_active_status,
    _is_deleted as is_deleted
from {{ ref('stg_salesforce__contracts') }}
