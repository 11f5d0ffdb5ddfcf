with contracts as (
    select * from {{ ref('int_salesforce__contracts_conformed') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

accounts as (
    select * from {{ ref('int_crm__accounts') }}
)

select
    {{ vendor_key('contract', 'contracts.source_system', 'contracts.vendor_id') }}
        as contract_key,
    account_ids.account_key,
    contracts.starts_on,
    contracts.ends_on,
    contracts.is_active_status,
    case
        when contracts.is_deleted then 'deleted'
        when accounts.exclusion_reason = 'test' then 'test'
    end as exclusion_reason
from contracts
left join account_ids
    on
        contracts.source_system = account_ids.source_system
        and contracts.vendor_account_id = account_ids.vendor_id
left join accounts on account_ids.account_key = accounts.account_key
