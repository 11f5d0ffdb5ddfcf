select distinct
    'pipedrive' as source_system,
    deal_id as vendor_opportunity_id,
    person_id as vendor_person_id
from {{ ref('stg_pipedrive__deals') }}
where person_id is not null
