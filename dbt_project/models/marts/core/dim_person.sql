with people as (
    select * from {{ ref('int_crm__people') }}
)

select
    person_key,
    account_key,
    full_name,
    email,
    phone,
    job_title,
    owner_key,
    created_at,
    lead_at,
    marketing_qualified_at,
    qualified_at,
    lead_source,
    campaign_key,
    source_system,
    hubspot_contact_id,
    salesforce_contact_id,
    salesforce_lead_id,
    pipedrive_person_id,
    match_rule,
    match_confidence
from people
-- Deleted, merged-away and internal people: see excluded_records.
where exclusion_reason is null
