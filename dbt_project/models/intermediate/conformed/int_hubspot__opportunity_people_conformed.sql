select distinct
    'hubspot' as source_system,
    from_id as vendor_opportunity_id,
    to_id as vendor_person_id
from {{ ref('stg_hubspot__associations') }}
-- One link can carry several labels, each a row of its own.
where from_type = 'deals' and to_type = 'contacts' and not _is_deleted
