select
    'salesforce' as source_system,
    contract_id as vendor_id,
    account_id as vendor_account_id,
    starts_on,
    ends_on,
    -- A contract that was activated once has run, also when its status says expired by now; one
    -- that was activated later did not run yet.
    case
        when activated_at is not null then {{ existed('activated_at') }}
        else coalesce(status_code = 'Activated', false)
    end as is_active_status,
    _is_deleted as is_deleted
from {{ ref('stg_salesforce__contracts') }}
