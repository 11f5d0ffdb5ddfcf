with targets as (
    select * from {{ ref('int_hubspot__targets_conformed') }}
    union all
    select * from {{ ref('int_salesforce__targets_conformed') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
)

select
    {{ vendor_key('target', 'targets.source_system', 'targets.vendor_id') }}
        as target_key,
    owner_ids.owner_key,
    targets.period_start,
    targets.period_end,
    targets.target_amount,
    targets.currency_code,
    targets.source_system
from targets
-- A target of nobody, or of somebody the CRM no longer knows, cannot be attained.
inner join owner_ids
    on
        targets.source_system = owner_ids.source_system
        and targets.vendor_owner_id = owner_ids.vendor_id
