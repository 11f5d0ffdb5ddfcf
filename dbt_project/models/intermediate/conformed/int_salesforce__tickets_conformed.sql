with cases as (
    select * from {{ ref('stg_salesforce__cases') }}
),

categories as (
    select * from {{ ref('ticket_category_map') }}
    where source_system = 'salesforce'
)

select
    'salesforce' as source_system,
    cases.case_id as vendor_id,
    coalesce(cases._merged_into, cases.master_record_id) as merged_into_id,
    cases._is_deleted as is_deleted,
    cases.subject,
    coalesce(by_type.category, by_reason.category, 'other') as category,
    lower(cases.priority) as priority,
    cases.account_id as vendor_account_id,
    cases.contact_id as vendor_person_id,
    cases.owner_id as vendor_owner_id,
    cases.created_at as opened_at,
    -- Salesforce keeps no instant of the first reply on the case.
    cast(null as timestamp) as first_reply_at,
    cases.closed_at,
    coalesce(cases.is_closed, false) as is_closed
from cases
left join categories as by_type on cases.case_type = by_type.vendor_value
left join categories as by_reason on cases.reason = by_reason.vendor_value
