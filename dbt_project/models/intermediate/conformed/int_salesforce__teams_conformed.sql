select
    'salesforce' as source_system,
    user_role_id as vendor_id,
    role_name as team_name
from {{ ref('stg_salesforce__user_roles') }}
where not _is_deleted and role_name is not null
