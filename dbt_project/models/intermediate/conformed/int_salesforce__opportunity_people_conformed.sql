select
    'salesforce' as source_system,
    opportunity_id as vendor_opportunity_id,
    contact_id as vendor_person_id
from {{ ref('stg_salesforce__opportunity_contact_roles') }}
where not _is_deleted
union
select
    'salesforce' as source_system,
    converted_opportunity_id as vendor_opportunity_id,
    lead_id as vendor_person_id
from {{ ref('stg_salesforce__leads') }}
where converted_opportunity_id is not null and is_converted
